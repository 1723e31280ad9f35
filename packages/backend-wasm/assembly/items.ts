import { ConvolutionJob } from './convolution-job';
import { directItem } from './direct';
import { runElementwiseItem } from './elementwise-items';
import { FilterGradientJob, filterGradientItem, layOutItem } from './filter-gradient';
import { PackJob, packItem } from './pack';
import { SelfTestJob, selfTestItem } from './self-test';
import { winogradItem } from './winograd';

/** The kinds of work, with the same numbers as in `src/kinds.ts`. */
export const enum Kind {
  SelfTest,
  Pack,
  Winograd,
  Direct,
  LayOut,
  FilterGradient,
}

/** One item of a job. May run on any thread, in any order, and again. */
export function runItem(kind: i32, job: usize, item: i32, scratch: usize): void {
  switch (kind) {
    case Kind.SelfTest:
      selfTestItem(changetype<SelfTestJob>(job), item, scratch);
      break;
    case Kind.Pack:
      packItem(changetype<PackJob>(job), item, scratch);
      break;
    case Kind.Winograd:
      winogradItem(changetype<ConvolutionJob>(job), item, scratch);
      break;
    case Kind.Direct:
      directItem(changetype<ConvolutionJob>(job), item, scratch);
      break;
    case Kind.LayOut:
      layOutItem(changetype<FilterGradientJob>(job), item, scratch);
      break;
    case Kind.FilterGradient:
      filterGradientItem(changetype<FilterGradientJob>(job), item, scratch);
      break;
    default:
      runElementwiseItem(kind, job, item, scratch);
  }
}
