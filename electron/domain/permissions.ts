/**
 * Roles and what each may do. Denied by default: a permission that no role lists is nobody's.
 * System, security and audit administrators are three people, and none can do another's work
 * (GB/T 22239 level 3, separation of duties); guards and commanders administer nothing.
 */
export const ROLES = [
  'guard',
  'shift_leader',
  'commander',
  'patrol_guard',
  'viewer',
  'system_admin',
  'security_admin',
  'audit_admin',
] as const;
export type Role = (typeof ROLES)[number];

export const PERMISSIONS = [
  'overview.view',
  'alarm.handle',
  'alarm.force',
  'video.view',
  'video.control',
  'video.replay',
  'video.evidence',
  'video.approve',
  'video.share',
  'tour.walk',
  'tour.edit',
  'plan.view',
  'plan.run',
  'plan.drill',
  'plan.end',
  'broadcast.view',
  'broadcast.send',
  'broadcast.emergency',
  'broadcast.library',
  'device.command',
  'perimeter.arm',
  'patrol.scan',
  'records.view',
  'records.export',
  'quarantine.view',
  'site.edit',
  'settings.view',
  'settings.edit',
  'health.view',
  'disks.view',
  'backup.manage',
  'accounts.manage',
  'audit.view',
  'demo.control',
] as const;
export type Permission = (typeof PERMISSIONS)[number];

const watch: Permission[] = ['overview.view', 'video.view', 'plan.view', 'broadcast.view', 'health.view'];
const guard: Permission[] = [
  ...watch,
  'alarm.handle',
  'video.control',
  'video.replay',
  'tour.walk',
  'plan.run',
  'plan.drill',
  'broadcast.send',
  'device.command',
  'perimeter.arm',
  'records.view',
  'quarantine.view',
  'disks.view',
  'demo.control',
];
const leader: Permission[] = [
  ...guard,
  'alarm.force',
  'video.evidence',
  'video.share',
  'tour.edit',
  'plan.end',
  'broadcast.emergency',
  'broadcast.library',
  'records.export',
];

const GRANTS: Record<Role, readonly Permission[]> = {
  guard,
  shift_leader: leader,
  commander: [...leader, 'video.approve'],
  patrol_guard: ['overview.view', 'patrol.scan', 'health.view'],
  viewer: [...watch, 'records.view'],
  system_admin: [
    'health.view',
    'site.edit',
    'settings.view',
    'settings.edit',
    'disks.view',
    'backup.manage',
    'quarantine.view',
    'demo.control',
  ],
  security_admin: ['health.view', 'accounts.manage'],
  audit_admin: ['health.view', 'audit.view', 'records.view', 'records.export'],
};

/** What a role may do, in the order of {@link PERMISSIONS}. */
export function permissionsOf(role: Role): Permission[] {
  return PERMISSIONS.filter((permission) => GRANTS[role].includes(permission));
}

/** True when the role holds the permission. */
export function may(role: Role, permission: Permission): boolean {
  return GRANTS[role].includes(permission);
}
