import { may, type Role } from '#domain/permissions.ts';
import type { MediaOutlet, ReplayRequest, ReplayTile } from './ports.ts';
import type { ActiveSession, Sessions } from './sessions.ts';

/**
 * Who may see what over the media socket, live and recorded: asked of the session's account as it is at that moment.
 * @param replay opens a recording; undefined: there is no such camera
 */
export function mediaAccess(
  sessions: Pick<Sessions, 'refresh'>,
  replay: (request: ReplayRequest, outlet: MediaOutlet, withBlocked: boolean) => ReplayTile | undefined,
) {
  const roleOf = (session: ActiveSession): Role | undefined => sessions.refresh(session)?.account.role;
  return {
    mayView(session: ActiveSession): boolean {
      const role = roleOf(session);
      return role !== undefined && may(role, 'video.view');
    },
    openReplay(session: ActiveSession, request: ReplayRequest, outlet: MediaOutlet) {
      const role = roleOf(session);
      if (!role || !may(role, 'video.replay')) return 'forbidden';
      return replay(request, outlet, may(role, 'video.evidence')) ?? 'unknown_camera';
    },
  };
}
