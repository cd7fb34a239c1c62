import type { IncomingMessage, ServerResponse } from 'node:http';
import { OpenAPIGenerator } from '@orpc/openapi';
import { OpenAPIHandler } from '@orpc/openapi/node';
import { BodyLimitPlugin } from '@orpc/server/node';
import { ZodToJsonSchemaConverter, experimental_ZodSmartCoercionPlugin as ZodCoercion } from '@orpc/zod/zod4';
import { contract } from '#contract/index.ts';
import type { Station } from '#station/boot.ts';
import { MESSAGE_LIMIT_BYTES } from './sockets.ts';

/** Where integrators find the station. */
export const API = '/api/v1';

/** The contract as REST: the same methods, permissions and errors as the console has, with a session's token as bearer. */
export function restApi(station: Station, version: string) {
  const handler = new OpenAPIHandler(station.router, {
    plugins: [new BodyLimitPlugin({ maxBodySize: MESSAGE_LIMIT_BYTES }), new ZodCoercion()],
  });
  let document: Promise<string> | undefined;

  /** @returns false when no method has this path */
  return async (request: IncomingMessage, response: ServerResponse, path: string): Promise<boolean> => {
    response.setHeader('cache-control', 'no-store');
    if (path === `${API}/openapi.json` && request.method === 'GET') {
      const body = await (document ??= describe(version));
      response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' }).end(body);
      return true;
    }
    const connection = station.connect('rest');
    const token = /^Bearer ([\w-]{1,200})$/.exec(request.headers.authorization ?? '')?.[1];
    if (token) station.authenticate(connection, token);
    const { matched } = await handler.handle(request, response, {
      prefix: API,
      context: station.context(connection),
    });
    return matched;
  };
}

/** The OpenAPI document of the whole contract. */
async function describe(version: string): Promise<string> {
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] });
  const document = await generator.generate(contract, {
    info: { title: 'Guardroom', version },
    servers: [{ url: API }],
    security: [{ session: [] }],
    components: { securitySchemes: { session: { type: 'http', scheme: 'bearer' } } },
  });
  return JSON.stringify(document);
}
