//! Functions of one or two numbers, several behind one another, of each element by itself.

use super::epilogue::Activation;
use super::math;

/// Most operands.
pub const MOST_OPERANDS: usize = 8;
/// Most steps.
pub const MOST_STEPS: usize = 16;

/// Numbers of [`Activation`]s begin here.
const ACTIVATION: u32 = 16;

/// A function of one number, or of two.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Function {
    /// Sum.
    Add,
    /// Difference.
    Sub,
    /// Product.
    Mul,
    /// Quotient.
    Div,
    /// The lesser; NaN if one is.
    Min,
    /// The greater; NaN if one is.
    Max,
    /// The second times the first where that is negative.
    Prelu,
    /// What stands behind layers.
    Activation(Activation),
    /// e to its power.
    Exp,
    /// Natural logarithm.
    Log,
    /// Square root.
    Sqrt,
    /// 1 / x.
    Reciprocal,
    /// With the other sign.
    Neg,
    /// Magnitude.
    Abs,
    /// Error function.
    Erf,
    /// x times the Gaussian distribution function, approximated by tanh.
    GeluTanh,
    /// So many times e^x - 1 where it is negative.
    Elu(f32),
    /// A line within 0..1: factor and offset.
    HardSigmoid(f32, f32),
    /// log(1 + e^x).
    Softplus,
    /// x tanh(softplus(x)).
    Mish,
}

impl Function {
    /// Whether it takes two numbers.
    pub fn is_of_two(self) -> bool {
        use Function::*;
        matches!(self, Add | Sub | Mul | Div | Min | Max | Prelu)
    }

    /// Its number in kernels and plans (`cpp/include/vaerans/nn_elementwise.h`), with its numbers.
    pub fn numbered(self) -> (u32, f32, f32) {
        let number = match self {
            Function::Activation(activation) => {
                let (number, p, q) = activation.numbered();
                return (ACTIVATION + number, p, q);
            }
            Function::Elu(alpha) => return (40, alpha, 0.0),
            Function::HardSigmoid(factor, offset) => return (41, factor, offset),
            Function::Add => 0,
            Function::Sub => 1,
            Function::Mul => 2,
            Function::Div => 3,
            Function::Min => 4,
            Function::Max => 5,
            Function::Prelu => 6,
            Function::Exp => 32,
            Function::Log => 33,
            Function::Sqrt => 34,
            Function::Reciprocal => 35,
            Function::Neg => 36,
            Function::Abs => 37,
            Function::Erf => 38,
            Function::GeluTanh => 39,
            Function::Softplus => 42,
            Function::Mish => 43,
        };
        (number, 0.0, 0.0)
    }

    /// The function of a number.
    pub fn from_number(number: u32, p: f32, q: f32) -> Option<Function> {
        Some(match number {
            0 => Function::Add,
            1 => Function::Sub,
            2 => Function::Mul,
            3 => Function::Div,
            4 => Function::Min,
            5 => Function::Max,
            6 => Function::Prelu,
            ACTIVATION..32 => Function::Activation(Activation::from_number(number - ACTIVATION, p, q)?),
            32 => Function::Exp,
            33 => Function::Log,
            34 => Function::Sqrt,
            35 => Function::Reciprocal,
            36 => Function::Neg,
            37 => Function::Abs,
            38 => Function::Erf,
            39 => Function::GeluTanh,
            40 => Function::Elu(p),
            41 => Function::HardSigmoid(p, q),
            42 => Function::Softplus,
            43 => Function::Mish,
            _ => return None,
        })
    }

    /// Of `x`, and of `y` where it takes two.
    pub fn of(self, x: f32, y: f32) -> f32 {
        match self {
            Function::Add => x + y,
            Function::Sub => x - y,
            Function::Mul => x * y,
            Function::Div => x / y,
            Function::Min => pick(x < y || x.is_nan(), x, y),
            Function::Max => pick(x > y || x.is_nan(), x, y),
            Function::Prelu => pick(x < 0.0, y * x, x),
            Function::Activation(activation) => activation.of(x),
            Function::Exp => math::exp(x),
            Function::Log => math::log(x),
            Function::Sqrt => x.sqrt(),
            Function::Reciprocal => 1.0 / x,
            Function::Neg => -x,
            Function::Abs => x.abs(),
            Function::Erf => math::erf(x),
            Function::GeluTanh => x * math::sigmoid(1.595_769_2 * (x + 0.044_715 * (x * x * x))),
            Function::Elu(alpha) => pick(x < 0.0, alpha * (math::exp(x) - 1.0), x),
            Function::HardSigmoid(factor, offset) => Activation::Clip(0.0, 1.0).of(x * factor + offset),
            Function::Softplus => softplus(x),
            Function::Mish => x * math::tanh(softplus(x)),
        }
    }
}

fn pick(first: bool, x: f32, y: f32) -> f32 {
    if first {
        x
    } else {
        y
    }
}

fn softplus(x: f32) -> f32 {
    pick(x > 0.0, x, 0.0) + math::log(1.0 + math::exp(-x.abs()))
}

/// One function; registers are the operands, then the results of the steps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// What is done.
    pub function: Function,
    /// To which register.
    pub a: u8,
    /// And to which other.
    pub b: u8,
}

/// What a step reads.
#[derive(Debug, Clone, Copy)]
pub struct Operand<'a> {
    /// Its numbers; `None` are those that stand where the results go.
    pub data: Option<&'a [f32]>,
    /// Numbers from row to row.
    pub row: usize,
    /// Whether it goes along a row; else it is one number for all of it.
    pub moves: bool,
}

impl Operand<'_> {
    fn at(&self, out: &[f32], row: usize, i: usize) -> f32 {
        self.data.unwrap_or(out)[row * self.row + if self.moves { i } else { 0 }]
    }
}

/// All steps of each element of `out`, which is rows of `n` numbers.
pub fn elementwise(steps: &[Step], operands: &[Operand], n: usize, out: &mut [f32]) {
    for at in 0..out.len() {
        let mut registers = [0.0; MOST_OPERANDS + MOST_STEPS];
        for (register, operand) in registers.iter_mut().zip(operands) {
            *register = operand.at(out, at / n, at % n);
        }
        for (i, step) in steps.iter().enumerate() {
            registers[operands.len() + i] = step.function.of(registers[step.a as usize], registers[step.b as usize]);
        }
        out[at] = registers[operands.len() + steps.len() - 1];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_lead_back() {
        let found: Vec<_> = (0..64).filter_map(|n| Function::from_number(n, 0.5, 2.0).map(|f| (n, f))).collect();
        assert_eq!(found.len(), 27);
        assert!(found.iter().all(|(n, f)| f.numbered().0 == *n && Function::from_number(*n, 0.5, 2.0) == Some(*f)));
        assert_eq!(Function::from_number(41, 0.5, 2.0).map(Function::numbered), Some((41, 0.5, 2.0)));
    }
}
