import { expect } from 'chai';
import * as fc from 'fast-check';
import { startSampleApi, type SampleApi } from '../../../local/sample-api/start-sample-api.ts';

const now = new Date('2026-11-21T10:20:00Z');
const hour = 3600;
const thisHour = Date.parse('2026-11-21T10:00:00Z') / 1000;

interface Forecast {
  location_id?: number;
  hourly_units: Record<string, string>;
  hourly: { time: (number | string)[]; temperature_2m: number[] };
}

describe('the sample API', () => {
  let api: SampleApi;

  beforeEach(async () => {
    api = await startSampleApi({ now: () => now });
  });

  afterEach(() => api.stop());

  const ask = (path: string, init?: RequestInit) => fetch(new URL(path, api.url), init);
  const forecast = async (query: string) => (await ask(`/v1/forecast?${query}`)).json();
  const oneCity = 'latitude=52.52&longitude=13.41&hourly=temperature_2m&timeformat=unixtime';

  describe('Open-Meteo', () => {
    it('answers with one object for one place, hours up to the running one', async () => {
      const body = (await forecast(`${oneCity}&past_hours=3&forecast_hours=1`)) as Forecast;
      expect(body.hourly.time).to.deep.equal([-3, -2, -1, 0].map((at) => thisHour + at * hour));
      expect(body.hourly.temperature_2m).to.have.length(4);
      expect(body.hourly_units).to.deep.equal({ time: 'unixtime', temperature_2m: '°C' });
      expect(body).not.to.have.property('location_id');
    });

    it('answers with an array for several places, numbered from the second on', async () => {
      const query =
        'latitude=52.52,48.85&longitude=13.41,2.35&hourly=temperature_2m&past_days=1&forecast_days=1';
      const bodies = (await forecast(query)) as Forecast[];
      expect(bodies.map((body) => body.location_id)).to.deep.equal([undefined, 1]);
      expect(bodies[1]?.hourly.time).to.have.length(48);
      expect(bodies[1]?.hourly.time[0]).to.equal('2026-11-20T00:00');
      expect(bodies[0]?.hourly.temperature_2m).not.to.deep.equal(bodies[1]?.hourly.temperature_2m);
    });

    it('gives an hour the same number whatever else is asked for', async () => {
      const value = fc.asyncProperty(
        fc.integer({ min: 11, max: 200 }),
        fc.double({ min: -90, max: 90, noNaN: true }),
        async (pastHours, latitude) => {
          const place = `latitude=${latitude.toFixed(2)}&longitude=13.41&timeformat=unixtime`;
          const range = `past_hours=${pastHours}&forecast_hours=0`;
          const many = (await forecast(`${place}&${range}&hourly=rain,temperature_2m`)) as Forecast;
          const one = (await forecast(`${place}&hourly=temperature_2m&start_date=2026-11-21`)) as Forecast;
          const midnight = many.hourly.time.indexOf(one.hourly.time[0] as number);
          expect(many.hourly.temperature_2m[midnight]).to.equal(one.hourly.temperature_2m[0]);
        },
      );
      await fc.assert(value, { numRuns: 20 });
    });

    it('moves smoothly: no hour differs from the one before by 6 degrees', async () => {
      const { hourly } = (await forecast(`${oneCity}&past_days=90&forecast_days=0`)) as Forecast;
      const steps = hourly.temperature_2m
        .slice(1)
        .map((value, at) => Math.abs(value - (hourly.temperature_2m[at] ?? 0)));
      expect(steps).to.have.length(90 * 24 - 1);
      expect(Math.max(...steps))
        .to.be.lessThan(6)
        .and.greaterThan(0);
    });

    const refused: [string, string, RegExp][] = [
      [
        'latitude out of range',
        'latitude=91&longitude=1&hourly=rain',
        /latitude must lie within -90 to 90; given 91/,
      ],
      ['no longitude', 'latitude=1&hourly=rain', /required for key 'longitude'/],
      ['a text for a number', 'latitude=1,x&longitude=1,2', /'x' is not a number/],
      ['counts that differ', 'latitude=1,2&longitude=1', /latitude has 2 elements, longitude 1/],
      ['an unknown variable', 'latitude=1&longitude=1&hourly=tempeture', /Unknown variable 'tempeture'/],
      [
        'too many days',
        `${oneCity}&forecast_days=17`,
        /forecast_days is invalid. Allowed range 0 to 16. Given 17/,
      ],
      ['a bad date', `${oneCity}&start_date=2026-13-01`, /Invalid date '2026-13-01'/],
      ['another time zone', `${oneCity}&timezone=Europe/Berlin`, /UTC only/],
      ['what it does not serve', `${oneCity}&daily=temperature_2m_max`, /does not serve 'daily'/],
    ];
    for (const [name, query, reason] of refused) {
      it(`refuses ${name} with its envelope`, async () => {
        const response = await ask(`/v1/forecast?${query}`);
        expect(response.status).to.equal(400);
        const body = (await response.json()) as { error: boolean; reason: string };
        expect(body.error).to.equal(true);
        expect(body.reason).to.match(reason);
      });
    }
  });

  describe('WeatherAPI', () => {
    it('gives the current quarter of an hour with local time beside the epoch', async () => {
      const response = await ask('/v1/current.json?key=k&q=Kathmandu');
      const body = (await response.json()) as {
        location: { localtime: string };
        current: { last_updated_epoch: number; last_updated: string; temp_c: number };
      };
      expect(body.location.localtime).to.equal('2026-11-21 16:05');
      expect(body.current.last_updated_epoch).to.equal(Date.parse('2026-11-21T10:15:00Z') / 1000);
      expect(body.current.last_updated).to.equal('2026-11-21 16:00');
    });

    const refused: [string, number, number][] = [
      ['q=Berlin', 401, 1002],
      ['key=invalid&q=Berlin', 401, 2006],
      ['key=k', 400, 1003],
      ['key=k&q=Atlantis', 400, 1006],
    ];
    for (const [query, status, code] of refused) {
      it(`answers ${query} with ${status} and code ${code}`, async () => {
        const response = await ask(`/v1/current.json?${query}`);
        expect(response.status).to.equal(status);
        expect(((await response.json()) as { error: { code: number } }).error.code).to.equal(code);
      });
    }

    it('takes the key from a header too, and finds a city without its accents', async () => {
      const response = await ask('/v1/current.json?q=sao%20paulo', { headers: { key: 'k' } });
      expect(response.status).to.equal(200);
    });
  });

  describe('NWS', () => {
    interface Collection {
      features: { properties: { timestamp: string; windGust: { value: number | null } } }[];
      pagination: { next: string };
    }
    const observe = async (path: string) => (await (await ask(path)).json()) as Collection;

    it('gives observations newest first and a next link that ends with an empty page', async () => {
      const path = '/stations/KBHM/observations?limit=100&start=2026-11-16T00:00:00Z';
      const first = await observe(path);
      expect(first.features).to.have.length(100);
      expect(first.features[0]?.properties.timestamp).to.equal('2026-11-21T09:53:00+00:00');
      const second = await observe(first.pagination.next);
      expect(second.features).to.have.length(30);
      expect(second.features.at(-1)?.properties.timestamp).to.equal('2026-11-16T00:53:00+00:00');
      expect((await observe(second.pagination.next)).features).to.deep.equal([]);
    });

    it('turns away those who do not say who they are, with HTML', async () => {
      const response = await ask('/stations/KBHM/observations', { headers: { 'user-agent': '' } });
      expect(response.status).to.equal(403);
      expect(response.headers.get('content-type')).to.equal('text/html');
    });

    it('answers an unknown station with a problem document', async () => {
      const response = await ask('/stations/nowhere/observations');
      expect(response.status).to.equal(404);
      expect(response.headers.get('content-type')).to.equal('application/problem+json');
    });
  });

  describe('misbehaving', () => {
    const path = `/v1/forecast?${oneCity}&past_hours=1&forecast_hours=0`;

    it('answers as told for the next requests, then as before', async () => {
      api.misbehave({ status: 429, retryAfter: '7', body: { error: true, reason: 'limit' }, times: 2 });
      const responses = [await ask(path), await ask(path), await ask(path)];
      expect(responses.map((response) => response.status)).to.deep.equal([429, 429, 200]);
      expect(responses[0]?.headers.get('retry-after')).to.equal('7');
      expect(responses[2]?.headers.get('retry-after')).to.equal(null);
    });

    it('sends text in a 200', async () => {
      api.misbehave({ body: 'upstream busy' });
      const response = await ask(path);
      expect(response.status).to.equal(200);
      expect(response.headers.get('content-type')).to.equal('text/plain');
      expect(await response.text()).to.equal('upstream busy');
    });

    it('truncates a body so that it looks complete', async () => {
      const whole = await (await ask(path)).text();
      api.misbehave({ truncate: true });
      const half = await (await ask(path)).text();
      expect(whole.startsWith(half)).to.equal(true);
      expect(half).not.to.equal(whole).and.not.to.equal('');
    });

    it('cuts the connection in the middle of a body', async () => {
      api.misbehave({ reset: true });
      const response = await ask(path);
      expect(await response.text().catch((error: unknown) => error)).to.be.instanceOf(TypeError);
    });

    it('answers late when told to', async () => {
      api.misbehave({ delayMs: 60_000 });
      const signal = AbortSignal.timeout(20);
      expect(await ask(path, { signal }).catch((error: unknown) => error)).to.have.property(
        'name',
        'TimeoutError',
      );
    });

    it('is ordered over HTTP too, for one path only, and called off', async () => {
      const order = (fault: object) => ask('/_misbehave', { method: 'POST', body: JSON.stringify(fault) });
      await order({ status: 500, path: '/current.json', times: 100 });
      expect((await ask(path)).status).to.equal(200);
      expect((await ask('/v1/current.json?key=k&q=Berlin')).status).to.equal(500);
      await ask('/_behave', { method: 'POST' });
      expect((await ask('/v1/current.json?key=k&q=Berlin')).status).to.equal(200);
    });
  });

  describe('counting what it served', () => {
    const path = `/v1/forecast?${oneCity}&past_hours=5&forecast_hours=0`;

    it('counts rows with repeats, and distinct ones once', async () => {
      for (let times = 0; times < 3; times += 1) await (await ask(path)).text();
      const figures = (await (await ask('/_served')).json()) as Record<string, unknown>;
      expect(figures).to.deep.include({ requests: 3, rows: 15, distinct: 5, statuses: { 200: 3 } });
      expect(api.servedRecords()[0]).to.deep.include({ place: '52.52,13.41', time: thisHour - 5 * hour });
    });

    it('counts no row of an answer that did not arrive whole and good', async () => {
      for (const fault of [{ truncate: true }, { status: 500 }, { body: 'busy' }, { reset: true }]) {
        api.misbehave(fault);
        await ask(path)
          .then(
            (response) => response.text(),
            () => '',
          )
          .catch(() => '');
      }
      expect(api.served()).to.deep.include({ requests: 4, rows: 0, distinct: 0 });
    });

    it('has the same hash for the same records, and another for others', async () => {
      await (await ask(path)).text();
      const before = api.served().sha256;
      await (await ask(path)).text();
      expect(api.served().sha256).to.equal(before);
      await (await ask(path.replace('past_hours=5', 'past_hours=6'))).text();
      expect(api.served().sha256).not.to.equal(before);
    });
  });
});
