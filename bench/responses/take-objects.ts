import type { IncomingMessage, ServerResponse } from 'node:http';
import { createGunzip, type Gunzip } from 'node:zlib';

interface Asked {
  key: string;
  searchParams: URLSearchParams;
  request: IncomingMessage;
}

interface Landed {
  objects: number;
  records: number;
  bytes: number;
}

interface Objects {
  take(asked: Asked, response: ServerResponse): void;
  /** Of all objects, once they have been read. */
  landed(): Promise<Landed>;
}

/** A bucket that unpacks what it is given, counts its records, and forgets it. */
export function takeObjects(): Objects {
  const counted: Landed = { objects: 0, records: 0, bytes: 0 };
  const open = new Map<string, Gunzip>();
  const reading: Promise<void>[] = [];
  const openObject = (): Gunzip => {
    const gunzip = createGunzip();
    counted.objects += 1;
    reading.push(countRecords(gunzip, counted));
    return gunzip;
  };
  const write = (into: Gunzip, { request }: Asked, done: () => void): void => {
    request.on('data', (chunk: Buffer) => {
      counted.bytes += chunk.length;
      if (into.write(chunk)) return;
      request.pause();
      into.once('drain', () => request.resume());
    });
    request.on('end', done);
  };
  return {
    take: (asked, response) => {
      const { key, searchParams, request } = asked;
      const headers = { etag: '"1"', 'x-amz-version-id': '1' };
      const answer = (body = ''): void => void response.writeHead(200, headers).end(body);
      if (searchParams.has('uploads')) {
        open.set(key, openObject());
        request
          .resume()
          .on('end', () => answer(xml('InitiateMultipartUploadResult', `<UploadId>1</UploadId>`)));
      } else if (request.method === 'POST') {
        open.get(key)?.end();
        request.resume().on('end', () => answer(xml('CompleteMultipartUploadResult', '<ETag>"1"</ETag>')));
      } else {
        const part = open.get(key);
        const into = part ?? openObject();
        write(into, asked, () => {
          if (!part) into.end();
          answer();
        });
      }
    },
    landed: async () => {
      await Promise.all(reading);
      return counted;
    },
  };
}

async function countRecords(text: Gunzip, counted: Landed): Promise<void> {
  const mark = '"signature":';
  let rest = '';
  for await (const chunk of text as AsyncIterable<Buffer>) {
    const all = rest + chunk.toString('latin1');
    counted.records += all.split(mark).length - 1;
    rest = all.slice(-mark.length + 1);
  }
}

function xml(name: string, inner: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><${name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inner}</${name}>`;
}
