// What the desk asks about devices, and how far one that was taken back has come, in words.
import { gql } from '../view';
import { moment } from '../records/dates';
import type { Language } from '../settings.svelte';
import { deviceWords as w } from '../words/devices';

export interface Device {
  device: string; name: string; person: string; person_name: string; form: string; path: string; added_at: string;
  seen_at: string | null; unsent: number | null; app_version: string | null; revoked_at: string | null; revoked_by_name: string | null;
  order: Order | null; ordered_at: string | null; told_at: string | null; cleared_at: string | null; twice_at: string | null; can_revoke: boolean;
}
export type Order = 'deliver_first' | 'now';
export type DeviceFilter = 'all' | 'in_use' | 'unsent' | 'ended';
export interface IncidentPack {
  made_at: string; made_by_name: string; device: Device;
  carried: { kind: string; tier: number; records: number }[]; names: string[];
  sessions: { began_at: string; used_at: string; ended_at: string | null }[];
  /** Until by the centre's clock. */
  taken_along: { homes: number; names: string[]; until: string } | null;
}

const device = `device name person person_name form path added_at seen_at unsent app_version revoked_at revoked_by_name
  order ordered_at told_at cleared_at twice_at can_revoke`;
const devices = `query devices { devices { ${device} } }`;
const revoke_device = `mutation revoke_device($device: ID!, $order: String!) { revoke_device(device: $device, order: $order) { ${device} } }`;
const name_device = `mutation name_device($device: ID!, $name: String!) { name_device(device: $device, name: $name) { ${device} } }`;
const incident_pack = `query incident_pack($device: ID!, $language: String!) { incident_pack(device: $device, language: $language) {
  made_at made_by_name names carried { kind tier records } sessions { began_at used_at ended_at } taken_along { homes names until } device { ${device} } } }`;

/** The devices this person answers for. */
export async function askDevices(): Promise<Device[]> {
  return (await gql<{ devices: Device[] }>(devices, {})).devices;
}

/** Take a device back. Said again, "now" takes the place of "deliver_first". */
export async function sendRevoke(name: string, order: Order): Promise<Device> {
  return (await gql<{ revoke_device: Device }>(revoke_device, { device: name, order })).revoke_device;
}

/** Call a device what people call it. */
export async function sendName(device: string, name: string): Promise<Device> {
  return (await gql<{ name_device: Device }>(name_device, { device, name })).name_device;
}

/** The devices of a filter: whose name or name of device has these words, and how they are. */
export function filtered(all: Device[], words: string, state: DeviceFilter): Device[] {
  const wanted = words.trim().toLowerCase();
  const is_so = { all: () => true, in_use: (one: Device) => one.revoked_at === null, unsent: (one: Device) => (one.unsent ?? 0) > 0, ended: (one: Device) => one.revoked_at !== null }[state];
  return all.filter((one) => is_so(one) && `${one.person_name} ${one.name}`.toLowerCase().includes(wanted));
}

/** What is needed when a device is lost; that it was asked for is noted. */
export async function askIncidentPack(name: string, language: Language): Promise<IncidentPack> {
  return (await gql<{ incident_pack: IncidentPack }>(incident_pack, { device: name, language })).incident_pack;
}

/** Whether something about it is still to happen by itself. */
export function isUnderWay(one: Device): boolean {
  return one.order !== null && one.cleared_at === null;
}

/** How far it is: a line for each step, the newest first. */
export function stateOf(one: Device, today: string, language: Language): string[] {
  if (one.revoked_at === null) return [one.twice_at === null ? w.in_use : w.twice];
  const at = (instant: string | null): string => moment(instant, today, language);
  const step = one.cleared_at !== null ? w.cleared(at(one.cleared_at)) : one.told_at !== null ? w.told(at(one.told_at)) : one.order === null ? w.ended : w.waits(at(one.ordered_at));
  const how = one.order === null || one.cleared_at !== null ? [] : [one.order === 'now' ? w.now_state : w.deliver_first_state];
  return [step, ...how, ...(one.revoked_by_name === null ? [] : [w.by(one.revoked_by_name)])];
}
