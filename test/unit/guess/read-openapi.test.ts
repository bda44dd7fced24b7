import { expect } from 'chai';
import { draftSource } from '../../../pipeline/guess/draft-source.ts';
import { readOpenApi } from '../../../pipeline/guess/read-openapi.ts';

const description = {
  openapi: '3.0.3',
  servers: [{ url: 'https://api.shop.example/v1' }],
  paths: {
    '/health': {
      get: { responses: { 200: { content: { 'application/json': { schema: { type: 'object' } } } } } },
    },
    '/orders/{id}': {
      get: {
        responses: {
          200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Order' } } } },
        },
      },
    },
    '/orders': {
      post: { responses: {} },
      get: { responses: { 200: { $ref: '#/components/responses/Orders' } } },
    },
  },
  components: {
    responses: {
      Orders: {
        content: {
          'application/json': {
            schema: {
              type: 'object',
              properties: {
                data: { type: 'array', items: { $ref: '#/components/schemas/Order' } },
                next_cursor: { type: 'string', nullable: true },
              },
            },
          },
        },
      },
    },
    schemas: {
      Order: {
        allOf: [
          {
            type: 'object',
            properties: { id: { type: 'integer' }, parent: { $ref: '#/components/schemas/Order' } },
          },
          {
            properties: {
              amount: { type: 'number' },
              created_at: { type: 'string', format: 'date-time' },
              customer: { type: 'object', properties: { score: { type: 'integer' } } },
              state: { oneOf: [{ type: 'null' }, { type: 'string' }] },
            },
          },
        ],
      },
    },
  },
};

describe('readOpenApi', () => {
  it('makes a source of the first path whose answer holds a list', () => {
    const draft = draftSource(readOpenApi(description));
    expect(draft).to.include({ baseUrl: 'https://api.shop.example/v1/', path: 'orders', resource: 'orders' });
    expect(draft.selector.path).to.equal('$.data');
    expect(draft.paging?.paginator).to.include({ type: 'cursor', cursor_path: '$.next_cursor' });
    const types = Object.fromEntries(draft.columns.map(({ name, type }) => [name, type]));
    expect(types).to.include({
      id: 'bigint',
      amount: 'double',
      created_at: 'timestamp',
      customer_score: 'bigint',
      state: 'varchar',
    });
  });

  it('takes the path it is told, and refuses one that is not there by naming those that are', () => {
    expect(readOpenApi(description, '/orders/{id}').body).to.include({ id: 1 });
    expect(() => readOpenApi(description, '/order')).to.throw(
      /describes no GET of '\/order'.*\/orders.*--path/,
    );
  });

  it('reads Swagger 2', () => {
    const schema = { type: 'array', items: { type: 'object', properties: { id: { type: 'integer' } } } };
    const swagger = {
      swagger: '2.0',
      host: 'api.old.example',
      basePath: '/v1',
      paths: { '/a': { get: { responses: { 200: { schema } } } } },
    };
    const { url, body } = readOpenApi(swagger);
    expect(url?.href).to.equal('https://api.old.example/v1/a');
    expect(body).to.deep.equal([{ id: 1 }]);
  });

  it('refuses a description without a JSON answer', () => {
    expect(() => readOpenApi({ openapi: '3.1.0', paths: {} })).to.throw(
      /describes no GET with a JSON answer/,
    );
  });
});
