import { defineAsyncComponent, type Component } from 'vue';
import type { Permission } from '#domain/permissions.ts';

/** A part of the system screen, worded as `system.tab.<id>`. To add one: a component beside this file and a line below. */
export interface SystemTab {
  id: string;
  permission: Permission;
  component: Component;
}
export const systemTabs: SystemTab[] = [
  { id: 'links', permission: 'health.view', component: defineAsyncComponent(() => import('./LinksTab.vue')) },
  {
    id: 'accounts',
    permission: 'accounts.manage',
    component: defineAsyncComponent(() => import('./AccountsTab.vue')),
  },
  {
    id: 'settings',
    permission: 'settings.view',
    component: defineAsyncComponent(() => import('./SettingsTab.vue')),
  },
  { id: 'disks', permission: 'disks.view', component: defineAsyncComponent(() => import('./DisksTab.vue')) },
  { id: 'site', permission: 'site.edit', component: defineAsyncComponent(() => import('./SiteTab.vue')) },
  {
    id: 'backups',
    permission: 'backup.manage',
    component: defineAsyncComponent(() => import('./BackupsTab.vue')),
  },
  {
    id: 'quarantine',
    permission: 'quarantine.view',
    component: defineAsyncComponent(() => import('./QuarantineTab.vue')),
  },
  { id: 'audit', permission: 'audit.view', component: defineAsyncComponent(() => import('./AuditTab.vue')) },
  { id: 'demo', permission: 'demo.control', component: defineAsyncComponent(() => import('./DemoTab.vue')) },
];
