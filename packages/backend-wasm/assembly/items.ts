import { ConvolutionJob } from './convolution-job';
import { directItem } from './direct';
import { PackJob, packItem } from './pack';
import { winogradItem } from './winograd';

export function runItem(kind: i32, job: usize, item: i32, scratch: usize): void {
  switch (kind) {
    case 1:
      packItem(changetype<PackJob>(job), item, scratch);
      break;
    case 2:
      winogradItem(changetype<ConvolutionJob>(job), item, scratch);
      break;
    case 3:
      directItem(changetype<ConvolutionJob>(job), item, scratch);
      break;
  }
}
