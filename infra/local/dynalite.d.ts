/** The part of dynalite that is used here; the package brings no types. */
declare module 'dynalite' {
  import type { Server } from 'node:http';

  interface Options {
    /** A folder for LevelDB; without it the data lives in memory. */
    readonly path?: string;
    readonly createTableMs?: number;
    readonly deleteTableMs?: number;
    readonly updateTableMs?: number;
  }
  export default function dynalite(options?: Options): Server;
}
