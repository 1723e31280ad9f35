// Fixed addresses in the first 64 KiB of the memory, through which threads meet. AssemblyScript compiles this file
// too, so it holds nothing but plain numbers. Words that different threads write lie 64 bytes apart.

/** Start of the words that nothing else may touch. */
export const CONTROL = 2048;
/** Counts regions of parallel work; workers sleep on it. */
export const GENERATION = 2048;
/** 1 while a region's items may be taken. */
export const OPEN = 2112;
/** The next item to be taken. */
export const NEXT = 2176;
/** Workers that may be at an item of the open region; the main thread sleeps on it. */
export const BUSY = 2240;
/** Workers that sleep, or are about to. */
export const SLEEPING = 2304;
/** 1 where workers must return. */
export const STOP = 2368;
/** 1 where a worker failed at an item. */
export const FAILED = 2372;
/** How often a worker looks for a new region before it sleeps. */
export const SPINS = 2376;
/**
 * Of the region: what it does, with which job, for how many items, and a byte for each that tells whether it is done.
 */
export const KIND = 2432;
export const JOB = 2436;
export const ITEMS = 2440;
export const FLAGS = 2444;
/** A word for each thread: its scratch memory. The main thread is thread 0. */
export const SCRATCH = 2560;
/** A word for each thread: 1 while it is at an item. */
export const INSIDE = 3072;
export const MOST_THREADS = 64;
/** Words that a job may be written to: there is one at a time. */
export const JOB_AREA = 4096;
export const JOB_AREA_END = 8192;
/** Constants of the program begin at `JOB_AREA_END`, the heap here or behind them. */
export const LOWEST_HEAP = 65536;
