// What is done to four values, each a class so that one loop can be compiled for all of them. Nobody makes an
// instance: methods are called on the null pointer. Semantics of NaN and -0 are those of tfjs's plain backend.

import { exponential, hyperbolicTangent, logarithm } from './transcendental';

@unmanaged
export class Absolute {
  @inline
  of(x: v128, _parameter: v128): v128 {
    return f32x4.abs(x);
  }
}

@unmanaged
export class Negative {
  @inline
  of(x: v128, _parameter: v128): v128 {
    return f32x4.neg(x);
  }
}

/** 0 for NaN. */
@unmanaged
export class Sign {
  @inline
  of(x: v128, _parameter: v128): v128 {
    const zero = f32x4.splat(0);
    const positive = v128.and(f32x4.gt(x, zero), f32x4.splat(1));
    return v128.or(positive, v128.and(f32x4.lt(x, zero), f32x4.splat(-1)));
  }
}

/** 1 above 0, else the parameter; NaN stays. */
@unmanaged
export class Step {
  @inline
  of(x: v128, parameter: v128): v128 {
    const step = v128.bitselect(f32x4.splat(1), parameter, f32x4.gt(x, f32x4.splat(0)));
    return v128.bitselect(step, x, f32x4.eq(x, x));
  }
}

/** With any slope. */
@unmanaged
export class LeakyRelu {
  @inline
  of(x: v128, slope: v128): v128 {
    return v128.bitselect(f32x4.mul(x, slope), x, f32x4.lt(x, f32x4.splat(0)));
  }
}

@unmanaged
export class Square {
  @inline
  of(x: v128, _parameter: v128): v128 {
    return f32x4.mul(x, x);
  }
}

@unmanaged
export class SquareRoot {
  @inline
  of(x: v128, _parameter: v128): v128 {
    return f32x4.sqrt(x);
  }
}

@unmanaged
export class Reciprocal {
  @inline
  of(x: v128, _parameter: v128): v128 {
    return f32x4.div(f32x4.splat(1), x);
  }
}

@unmanaged
export class ReciprocalRoot {
  @inline
  of(x: v128, _parameter: v128): v128 {
    return f32x4.div(f32x4.splat(1), f32x4.sqrt(x));
  }
}

@unmanaged
export class Exponential {
  @inline
  of(x: v128, _parameter: v128): v128 {
    return exponential(x);
  }
}

@unmanaged
export class Logarithm {
  @inline
  of(x: v128, _parameter: v128): v128 {
    return logarithm(x);
  }
}

@unmanaged
export class HyperbolicTangent {
  @inline
  of(x: v128, _parameter: v128): v128 {
    return hyperbolicTangent(x);
  }
}

@unmanaged
export class Add {
  @inline
  of(a: v128, b: v128, _parameter: v128): v128 {
    return f32x4.add(a, b);
  }
}

@unmanaged
export class Subtract {
  @inline
  of(a: v128, b: v128, _parameter: v128): v128 {
    return f32x4.sub(a, b);
  }
}

@unmanaged
export class Multiply {
  @inline
  of(a: v128, b: v128, _parameter: v128): v128 {
    return f32x4.mul(a, b);
  }
}

@unmanaged
export class Divide {
  @inline
  of(a: v128, b: v128, _parameter: v128): v128 {
    return f32x4.div(a, b);
  }
}

@unmanaged
export class Maximum {
  @inline
  of(a: v128, b: v128, _parameter: v128): v128 {
    return f32x4.max(a, b);
  }
}

@unmanaged
export class Minimum {
  @inline
  of(a: v128, b: v128, _parameter: v128): v128 {
    return f32x4.min(a, b);
  }
}

@unmanaged
export class SquaredDifference {
  @inline
  of(a: v128, b: v128, _parameter: v128): v128 {
    const difference = f32x4.sub(a, b);
    return f32x4.mul(difference, difference);
  }
}

/** `dy` where `x > 0`, else `slope * dy`. */
@unmanaged
export class LeakyGradient {
  @inline
  of(dy: v128, x: v128, slope: v128): v128 {
    return v128.bitselect(dy, f32x4.mul(dy, slope), f32x4.gt(x, f32x4.splat(0)));
  }
}
