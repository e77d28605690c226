import type { FastifyInstance, FastifyRequest, onRequestAsyncHookHandler } from 'fastify';
import type { CommandContext } from '../../application/command-context.ts';
import type { Actor } from '../../application/envelope.ts';
import type { Authenticator, Principal } from '../../application/ports/authenticator.ts';
import { addressOf } from '../addresses.ts';
import { valuesOf } from '../intake/header-values.ts';
import {
  type Access,
  type Admission,
  admit,
  isPermitted,
  knownRoles,
  type PermissionsOfRoles,
} from '../permissions.ts';
import { countRefused } from './access-counts.ts';
import { sendProblem } from './problems.ts';
import { refusalOfPrincipal, refusalOfStranger } from './rate-limits.ts';
import { traceContextOf } from './tracing.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** As soon as it is known: behind every route that is not public. */
    principal: Principal;
    /** The request sees its own client's events alone. */
    ownEventsOnly: boolean;
    /** Events are shown with what was sent in them. */
    seesPayloads: boolean;
  }
}

const bearer = /^Bearer ([\w.~+/-]+=*)$/i;

/**
 * Lets in the clients who may use a route, and no others. A route that does not declare itself stops the start.
 * @throws from the registration of a route that was not made with {@link defineRoute}.
 */
export function addAccess(server: FastifyInstance, authenticator: Authenticator, ofRoles: PermissionsOfRoles): void {
  server.decorateRequest('principal', null as unknown as Principal);
  server.decorateRequest('ownEventsOnly', true);
  server.decorateRequest('seesPayloads', false);
  server.addHook('onRoute', (route) => {
    const access = route.config?.route?.access;
    if (access === undefined)
      throw new Error(
        `${String(route.method)} ${route.url} does not declare itself: make it with defineRoute (src/api/route.ts)`,
      );
    if (access === 'public') return;
    const others = route.onRequest ?? [];
    route.onRequest = [guard(access, authenticator, ofRoles), ...(Array.isArray(others) ? others : [others])];
  });
}

/** The bearer token; `null` when there is none, or more than one. */
export function tokenOf(request: FastifyRequest): string | null {
  const [authorization = '', another] = valuesOf(request, 'authorization');
  return another === undefined ? (bearer.exec(authorization)?.[1] ?? null) : null;
}

/** Who a token stands for; `null` for one that does not verify, or says what cannot be recorded. */
export async function principalOf(authenticator: Authenticator, token: string): Promise<Principal | null> {
  const principal = await authenticator.authenticate(token);
  return principal !== null && isSound(principal) ? principal : null;
}

/**
 * Whether what a token says of its bearer can be recorded and read again. An issuer may be wrong, and what is recorded under
 * a name that no table holds would be stranded.
 */
const isSound = ({ clientId, subject, tokenId }: Principal) =>
  [clientId, subject, tokenId ?? 'none'].every((text) => text.isWellFormed() && claim.test(text));
const claim = /^[^\p{Cc}\p{Zl}\p{Zp}]{1,255}$/u;

const ofAnyone: Admission = { admitted: true, ownEventsOnly: true };

function guard(
  access: Exclude<Access, 'public'>,
  authenticator: Authenticator,
  ofRoles: PermissionsOfRoles,
): onRequestAsyncHookHandler {
  return async (request, reply) => {
    const token = tokenOf(request);
    const principal = token === null ? null : await principalOf(authenticator, token);
    if (principal === null) {
      countRefused(request, null, { code: 'unauthenticated', hasToken: token !== null });
      return sendProblem(reply, refusalOfStranger(request));
    }
    request.principal = principal;
    const refusal = refusalOfPrincipal(request, reply, principal);
    if (refusal !== null) return sendProblem(reply, refusal);
    const admission = access === 'authenticated' ? ofAnyone : admit(principal, access, ofRoles);
    if (admission.admitted) {
      request.ownEventsOnly = admission.ownEventsOnly;
      request.seesPayloads = isPermitted(principal, 'payloads:read', ofRoles);
      return;
    }
    const { missing } = admission;
    countRefused(request, principal, { code: 'permission-missing', missing });
    return sendProblem(reply, {
      code: 'permission-missing',
      detail: `This needs the permission ${missing}.`,
      members: { permission: missing },
    });
  };
}

/** Whether the request may know of an event; when not, the event does not exist for it. */
export const mayKnowOf = (request: FastifyRequest, event: { readonly clientId: string }) =>
  !request.ownEventsOnly || event.clientId === request.principal.clientId;

export const actorOf = (principal: Principal): Actor => ({
  clientId: principal.clientId,
  kind: 'principal',
  roles: knownRoles(principal),
  subject: principal.subject,
  tokenId: principal.tokenId,
});

/** The principal, the request and the trace: goes into the log with whatever the request causes. */
export const commandContextOf = (request: FastifyRequest): CommandContext => ({
  actor: actorOf(request.principal),
  requestId: request.id,
  ...traceContextOf(request),
});

/** The same of an act, which names the address, too. */
export const actContextOf = (request: FastifyRequest): CommandContext => ({
  ...commandContextOf(request),
  address: addressOf(request),
});
