// The bounds of the protocol that this phone must keep, with their unit in the name. The server's are in sync/limits.py.

export const pushSavesMax = 100;
export const pushBytesMax = 256 * 1024;
/** Asked for on a pull: a page is unpacked and stored in one go, and the screen must answer in between. */
export const pageBytesMax = 160 * 1024;
