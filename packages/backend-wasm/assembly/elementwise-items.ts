import {
  ADAMW,
  ADD_ALL,
  ADD_BLOCKS,
  ADD_CHUNKS,
  BINARY,
  CAST,
  COLUMN_SUMS,
  COPY_ROWS,
  MATRIX_PRODUCT,
  MIRROR,
  NORM_GRADIENT,
  NORM_GRADIENT_SCALES,
  NORM_SCALES,
  PACK_RIGHT,
  PAD,
  ROW_PRODUCTS,
  ROW_SUMS,
  SCALE_COLUMNS,
  TRANSPOSE_PLANES,
  UNARY,
} from '../src/elementwise-codes';
import { AdamWJob, adamWItem } from './adamw';
import { AddAllJob, addAllItem } from './add-all';
import { BinaryJob, binaryItem } from './binary';
import { AddBlocksJob, addBlocksItem } from './blocks-sum';
import { CastJob, castItem } from './cast';
import { ColumnSumsJob, columnSumsItem } from './column-sums';
import { CopyRowsJob, copyRowsItem } from './copy-rows';
import { MatrixProductJob, matrixProductItem } from './matrix-product';
import { MirrorJob, mirrorItem } from './mirror';
import { PackRightJob, packRightItem } from './pack-right';
import { PadJob, padItem } from './pad';
import { RowProductsJob, rowProductsItem } from './row-products';
import { addChunksItem, RowSumsJob, rowSumsItem } from './row-sums';
import { TransposePlanesJob, transposePlanesItem } from './transpose-planes';
import { UnaryJob, unaryItem } from './unary';
import {
  NormGradientScalesJob,
  NormScalesJob,
  normGradientItem,
  normGradientScalesItem,
  normScalesItem,
  ScaleColumnsJob,
  scaleColumnsItem,
} from './weight-norm';

/** Items of all kinds but those of convolutions. */
export function runElementwiseItem(kind: i32, job: usize, item: i32, scratch: usize): void {
  switch (kind) {
    case UNARY:
      return unaryItem(changetype<UnaryJob>(job), item);
    case BINARY:
      return binaryItem(changetype<BinaryJob>(job), item);
    case ADD_ALL:
      return addAllItem(changetype<AddAllJob>(job), item);
    case CAST:
      return castItem(changetype<CastJob>(job), item);
    case ADAMW:
      return adamWItem(changetype<AdamWJob>(job), item);
    case ROW_SUMS:
      return rowSumsItem(changetype<RowSumsJob>(job), item);
    case ADD_CHUNKS:
      return addChunksItem(changetype<RowSumsJob>(job), item);
    case COLUMN_SUMS:
      return columnSumsItem(changetype<ColumnSumsJob>(job), item, scratch);
    case ADD_BLOCKS:
      return addBlocksItem(changetype<AddBlocksJob>(job), item, scratch);
    case NORM_SCALES:
      return normScalesItem(changetype<NormScalesJob>(job), item, scratch);
    case SCALE_COLUMNS:
      return scaleColumnsItem(changetype<ScaleColumnsJob>(job), item);
    case NORM_GRADIENT_SCALES:
      return normGradientScalesItem(changetype<NormGradientScalesJob>(job), item, scratch);
    case NORM_GRADIENT:
      return normGradientItem(changetype<ScaleColumnsJob>(job), item);
    case COPY_ROWS:
      return copyRowsItem(changetype<CopyRowsJob>(job), item);
    case TRANSPOSE_PLANES:
      return transposePlanesItem(changetype<TransposePlanesJob>(job), item);
    case PAD:
      return padItem(changetype<PadJob>(job), item);
    case MIRROR:
      return mirrorItem(changetype<MirrorJob>(job), item);
    case PACK_RIGHT:
      return packRightItem(changetype<PackRightJob>(job), item);
    case MATRIX_PRODUCT:
      return matrixProductItem(changetype<MatrixProductJob>(job), item, scratch);
    case ROW_PRODUCTS:
      return rowProductsItem(changetype<RowProductsJob>(job), item);
  }
}
