// What is said of the pack of a day, to whoever has opened it or the part it was made from. Nothing is decided here.

export interface Packed { homes: string[]; records: number; until: number; packed_at: string }

/** The same with what takes it back, as the person's own part keeps it. */
export interface KeptPack extends Packed {
  place: string;
  master: string;
  /** in_part: something in it was changed on the disk, and stays there. */
  taken: 'no' | 'whole' | 'in_part';
}

/** The name of the fact in either part. */
export const packFact = 'day_pack';
