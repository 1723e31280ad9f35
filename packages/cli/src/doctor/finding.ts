/** One thing that was looked at. */
export interface Finding {
  readonly name: string;
  readonly ok: boolean;
  /** What is there, for people. */
  readonly found: string;
  /** Where it is not ok: what that means. */
  readonly why?: string;
  /** Where it is not ok: what to do. */
  readonly todo?: string;
  /** Whether all works without it, if less well. */
  readonly optional?: boolean;
}
