// The shapes of the generated declarations and of the plain values that rules pass to each other.
// Not here: the declarations themselves (schema.ts) or any rule.

export type Language = 'zh' | 'en';
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
/** Displayed values: `choices` as {code: true}, `rows` as {row id: columns}; a field without a value may be absent. */
export type Values = { [field: string]: Json | undefined };

export interface Words { zh: string; en: string }
export type Reach = 'own' | 'team' | 'centre';
/** Role -> reaches; any of them is enough. */
export type Permissions = Record<string, Reach[]>;
/** Every named field must have one of the values; "*" stands for any value at all. */
export type When = Record<string, string | number | boolean | (string | number | boolean)[]>;

export type FieldTypeName =
  | 'text' | 'long_text' | 'date' | 'time' | 'datetime' | 'integer' | 'boolean' | 'phone'
  | 'choice' | 'choices' | 'person' | 'team' | 'ref' | 'state' | 'rows' | 'files';

export interface Column {
  name: string;
  type: FieldTypeName;
  required?: boolean;
  min?: number;
  max?: number;
  of?: string;
}

/** A closed rule and the fields it reads, by the rule's own keys. */
export type Rule = { rule: string } & Record<string, string>;

/** What a field may only be written and shown with: the consent of whom the record is about, unless this holds. */
export interface Basis { purpose: string; unless?: When | null; to?: string }
/** The fields of a kind that say that somebody agreed: to what, from when until when, and from when on no more. */
export interface ConsentFields { purpose: string; given_on: string; until: string; withdrawn_on: string; shared_with: string }

/** What a field is called, asked and explained by (labels.ts). */
export interface Labels { words: Words; ask?: Words; help?: Words }

export interface Field extends Column {
  required_when?: When;
  not_after?: string;
  not_before?: string;
  working_days?: number;
  role?: string;
  merge?: 'max' | 'min';
  near_minutes?: number;
  edit?: Permissions;
  derive?: Rule;
  columns?: Column[];
  append_only?: boolean;
  /** The rows of another record that these are taken from: `group.members`. */
  among?: string;
  rows_max?: number;
  rows_min?: number;
  apart_from?: string;
  media?: string[];
  bytes_max?: number;
  search?: 'name' | 'words' | 'place' | 'last4';
  since?: number;
  retired?: number;
  sensitivity?: number;
  basis?: Basis;
  /** The field that is written with each change of this one. */
  says?: string;
  /** The rows in which each change of this field stays. */
  trail?: string;
  /** The field that says to whom this one is offered; only they put themselves here. */
  offer?: string;
  /** Where a new record's form takes the value from: paths through a reference. */
  takes?: string[];
  /** When a form asks it, where it is not needed. */
  asked_when?: When;
}

export interface Choice extends Words { code: string; retired?: boolean }
export interface Move { from: string[]; to: string; by: string[]; basis?: Basis; says?: string; when?: When; asks?: string[]; words?: Words; apart?: string }
export interface States { field: string; initial: string; states: Choice[]; moves: Move[] }
export interface Review { by: Permissions; waits_when: When; urgent_when: When | null; locks: boolean; stands_in?: string[]; words: Record<string, Words> }
/** `blank`: those of `same` that may also be empty in both; `sounds`: names that need only sound the same. */
export interface Duplicate { name: string; same: string[]; overlap?: [string, string]; blank?: string[]; sounds?: string[]; likeness?: 'very' | 'some' }
export type Verb = 'see' | 'create' | 'edit' | 'settle' | 'review';

export interface DeclaredKind {
  name: string;
  version: number;
  sensitivity: number;
  /** Nobody but the people named in such a record learns that it exists. */
  hidden?: boolean;
  icon: string;
  words: Record<Language, { one: string; many: string }>;
  title: Words;
  team: string | null;
  own: string[];
  /** The field that leads to the person a record is about, or `record` where it is that person. */
  subject?: string;
  consent?: ConsentFields;
  fields: Field[];
  checks: Rule[];
  duplicates: Duplicate[];
  /** Records of it can be put away: what was found to be another record is an alias of it. */
  aliases?: boolean;
  review: Review | null;
  states: States | null;
  access: Record<'see' | 'create' | 'edit' | 'settle', Permissions>;
  list: { columns: string[]; sort: string[] };
  indexes: string[][];
  form: (Words & { fields: string[] })[];
}

export interface Role extends Words { home: 'phone' | 'desk'; replicates: boolean }
/** How long a clock allows from a day on, for what began between two times of day where they are named. */
export interface ClockRule { in_force_on: string; minutes: number; begun_from?: string; begun_to?: string }
export interface Clock extends Words { name: string; starts: string; ends: string; until?: string; when?: When; stops_when?: When; rules: ClockRule[] }
export interface Schema {
  kinds: Record<string, DeclaredKind>;
  clocks: Record<string, Clock[]>;
  vocabularies: Record<string, Choice[]>;
  roles: Record<string, Role>;
  /** What is done without a record, or by a rule that no kind has of its own; and by which roles. */
  acts: Record<string, string[]>;
}

/** Something a person can mend. `details` never hold the value itself. */
export interface Problem { code: string; field?: string | null; details?: { [key: string]: Json } | null }

export interface Claim { field_key: string; save_key: string; value: Json; made_at: string; author: string }
/** A record as it is displayed; `conflicts`: field key -> its live claims, newest first. */
export interface View { values: Values; conflicts: Record<string, Claim[]> }

export interface Membership { role: string; centre: string; team: string | null }
export interface Person { person: string; centre: string; memberships: Membership[] }
