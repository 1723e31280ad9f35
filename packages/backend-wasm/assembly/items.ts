import { SelfTestJob, selfTestItem } from './self-test';

/** One item of a job. May run on any thread, in any order, and again. */
export function runItem(kind: i32, job: usize, item: i32, scratch: usize): void {
  if (kind == 0) selfTestItem(changetype<SelfTestJob>(job), item, scratch);
}
