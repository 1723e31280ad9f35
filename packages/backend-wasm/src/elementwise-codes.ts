// Numbers by which both sides of the program call the work on single values, sums, movement and products.
// AssemblyScript compiles this file too, so it holds nothing but plain numbers.

/** Values that an item of streaming work takes: 128 KiB, so that a thread is not woken for less. */
export const ITEM_VALUES = 32768;

// Kinds of items, after those of convolutions.
export const UNARY = 20;
export const BINARY = 21;
export const ADD_ALL = 22;
export const CAST = 23;
export const ADAMW = 24;
export const ROW_SUMS = 25;
export const ADD_CHUNKS = 26;
export const COLUMN_SUMS = 27;
export const ADD_BLOCKS = 28;
export const NORM_SCALES = 29;
export const SCALE_COLUMNS = 30;
export const NORM_GRADIENT_SCALES = 31;
export const NORM_GRADIENT = 32;
export const COPY_ROWS = 33;
export const TRANSPOSE_PLANES = 34;
export const PAD = 35;
export const MIRROR = 36;
export const PACK_RIGHT = 37;
export const MATRIX_PRODUCT = 38;
export const ROW_PRODUCTS = 39;

// Operations on one value.
export const ABSOLUTE = 0;
export const NEGATIVE = 1;
export const SIGN = 2;
export const STEP = 3;
export const LEAKY_RELU = 4;
export const SQUARE = 5;
export const SQUARE_ROOT = 6;
export const RECIPROCAL = 7;
export const RECIPROCAL_ROOT = 8;
export const EXPONENTIAL = 9;
export const LOGARITHM = 10;
export const HYPERBOLIC_TANGENT = 11;

// Operations on two values.
export const ADD = 0;
export const SUBTRACT = 1;
export const MULTIPLY = 2;
export const DIVIDE = 3;
export const MAXIMUM = 4;
export const MINIMUM = 5;
export const SQUARED_DIFFERENCE = 6;
export const LEAKY_GRADIENT = 7;

// What is summed over columns: values, squares, products with another matrix, or rows times weights.
export const OF_VALUES = 0;
export const OF_SQUARES = 1;
export const OF_PRODUCTS = 2;
export const OF_WEIGHTED = 3;
