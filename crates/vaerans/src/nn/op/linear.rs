//! Products of matrices.

use super::epilogue::{self, ACTIVATION, HIGH, LOW, RESIDUAL_LAST};
use super::strided::{broadcast_strides, Walk};
use super::{Call, Infer, Op, Operand};
use crate::error::Result;
use crate::kernels::nn::NnKernels;
use crate::kernels::reference::nn::epilogue::Epilogue;
use crate::kernels::reference::nn::gemm::{Panels, Rows};
use crate::nn::memory::in_parts;
use crate::nn::plan::Form;
use crate::nn::run::{pack, packed};
use crate::nn::ty::{Shape, Type};

pub(super) static OPS: &[&Op] = &[&MATMUL];

/// Rows that one call of the kernel takes: whole tiles of every instruction set.
const ROWS: usize = 240;
/// Products that are worth a thread.
const WORTH: usize = 1 << 16;

static MATMUL: Op = Op {
    number: 192,
    name: "MatMul",
    inputs: (2, 4),
    attributes: &[ACTIVATION, LOW, HIGH, RESIDUAL_LAST],
    factor: true,
    infer,
    run: matmul,
    summary: "product of matrices, or of stacks of them; then bias, residual, a function",
    ..Op::BASE
};

fn infer(infer: &mut Infer) -> Result<()> {
    let (a, b) = (infer.input(0)?, infer.input(1)?);
    let (ra, rb) = (a.shape.rank(), b.shape.rank());
    let fits = ra >= 2 && rb >= 2 && a.shape[ra - 1] == b.shape[rb - 2];
    let form = infer.form(1);
    let packed_right = form == Form::Plain || (form == Form::Panels(1) && rb == 2);
    if a.ty != Type::F32 || b.ty != Type::F32 || !fits || !packed_right {
        return Err(infer.refuse(format_args!("{} times {}", a.shape, b.shape)));
    }
    let (outer_a, outer_b) = (Shape::of(&a.shape[..ra - 2])?, Shape::of(&b.shape[..rb - 2])?);
    let mut shape = infer.broadcast(outer_a, outer_b)?;
    shape.push(a.shape[ra - 2])?;
    shape.push(b.shape[rb - 1])?;
    infer.gives(Type::F32, shape);
    // A factor that is made at each run is packed at each run.
    infer.scratch = if form == Form::Plain { packed(&b.shape[rb - 2..], 1, infer.panel) } else { 0 };
    epilogue::check(infer, 2, b.shape[rb - 1])
}

fn matmul(call: &mut Call) -> Result<()> {
    let (sa, sb) = (call.shape(0), call.shape(1));
    let (k, n, m) = (sa[sa.rank() - 1], sb[sb.rank() - 1], sa[sa.rank() - 2]);
    let (a, epilogue) = (call.input::<f32>(0)?, call.epilogue(0, 2)?);
    let (kernels, threads, panel, operand) = (call.kernels, call.threads, call.kernels.panel(), call.inputs[1]);
    let scratch = std::mem::take(&mut call.scratch);
    let out = call.output_bytes(0)?;
    let outer = Shape::of(&out.spec.shape[..out.spec.shape.rank() - 2])?;
    let out = out.elements::<f32>()?;
    let product = Product { kernels, threads, a, k, n, epilogue };
    if sb[..sb.rank() - 2].iter().all(|&d| d == 1) {
        // One right factor: all rows are rows of one matrix.
        let data = right(operand, scratch, &[k, n], 0, panel)?;
        return product.run(0, Panels { data, depth: k, n, panel }, 0, out);
    }
    let strides = |s: Shape| broadcast_strides(Shape::of(&s[..s.rank() - 2]).unwrap_or(Shape::SCALAR), outer);
    let walk = Walk::new(outer, [strides(sa), strides(sb)]);
    let (row, steps) = walk.row();
    let (mut place, mut ready, mut result) = (0, None, Ok(()));
    walk.rows(|[at_a, at_b]| {
        for i in 0..row {
            let (which_a, which_b) = (at_a + i * steps[0], at_b + i * steps[1]);
            if ready != Some(which_b) {
                result = result.clone().and(right(operand, &mut *scratch, &[k, n], which_b, panel).map(|_| ()));
                ready = Some(which_b);
            }
            let b = Panels { data: scratch, depth: k, n, panel };
            let part = &mut out[place * m * n..][..m * n];
            result = result.clone().and(product.run(which_a * m, b, place * m, part));
            place += 1;
        }
    });
    result
}

/// A right factor in panels: as it was loaded, or the matrix `which` packed now.
fn right<'a>(
    operand: Operand<'a>,
    scratch: &'a mut [f32],
    shape: &[usize; 2],
    which: usize,
    panel: usize,
) -> Result<&'a [f32]> {
    let bytes = match operand {
        Operand::Packed(_, _, data) => return Ok(data),
        Operand::Here(bytes) => bytes,
        _ => return Ok(&[]),
    };
    let [k, n] = *shape;
    let b = &bytes.elements::<f32>()?[which * k * n..][..k * n];
    pack(shape, 1, panel, scratch, b);
    Ok(scratch)
}

struct Product<'a> {
    kernels: NnKernels,
    threads: usize,
    a: &'a [f32],
    k: usize,
    n: usize,
    epilogue: Epilogue<'a>,
}

impl Product<'_> {
    /// The rows of `a` from `row` on, as many as `out` has, times `b`; they are rows `place..` of all results.
    fn run(&self, row: usize, b: Panels, place: usize, out: &mut [f32]) -> Result<()> {
        let (k, n) = (self.k, self.n);
        let rows = out.len() / n.max(1);
        let threads = if rows * n * k < WORTH { 1 } else { self.threads };
        if rows == 1 && threads > 1 {
            return self.columns(row, b, place, out);
        }
        // Enough parts for all threads, whole tiles each.
        let each = rows.div_ceil(threads).next_multiple_of(12).clamp(1, ROWS);
        in_parts(threads, rows.div_ceil(each), each * n, out, |i, part| {
            self.rows(row + i * each, b, place + i * each, 0, part);
            Ok(())
        })
    }

    /// One row: each thread takes some panels.
    fn columns(&self, row: usize, b: Panels, place: usize, out: &mut [f32]) -> Result<()> {
        let each = self.n.div_ceil(self.threads).next_multiple_of(b.panel);
        in_parts(self.threads, self.n.div_ceil(each), each, out, |i, part| {
            let data = &b.data[i * each * b.depth..];
            self.rows(row, Panels { data, n: part.len(), ..b }, place, i * each, part);
            Ok(())
        })
    }

    /// Rows that lie side by side, the columns of `b`, which are those from `column` on of all.
    fn rows(&self, row: usize, b: Panels, place: usize, column: usize, out: &mut [f32]) {
        let starts: [usize; ROWS] = std::array::from_fn(|r| (row + r) * self.k);
        let count = out.len() / b.n.max(1);
        let a = Rows { from: self.a, starts: &starts[..count], taps: 1, k: self.k };
        let epilogue = Epilogue {
            bias: self.epilogue.bias.map(|bias| &bias[column..]),
            residual: self.epilogue.residual.map(|residual| &residual[place * self.n + column..]),
            ..self.epilogue
        };
        self.kernels.gemm(a, b, 0..b.n, out, b.n, &epilogue);
    }
}
