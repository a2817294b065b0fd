//! Products of matrices.

use super::{Call, Op, Operand};
use crate::error::Result;
use crate::kernels::reference::nn::gemm::{Epilogue, Panels, Rows};
use crate::nn::run::{pack, packed};
use crate::nn::ty::{Shape, Type};

pub(super) static OPS: &[&Op] = &[&MATMUL];

/// Rows that one call of the kernel takes.
const ROWS: usize = 64;

static MATMUL: Op = Op {
    number: 192,
    name: "MatMul",
    inputs: (2, 2),
    infer: |infer| {
        let (a, b) = (infer.input(0)?, infer.input(1)?);
        let (ra, rb) = (a.shape.rank(), b.shape.rank());
        if a.ty != Type::F32 || b.ty != Type::F32 || ra < 2 || rb < 2 || a.shape[ra - 1] != b.shape[rb - 2] {
            return Err(infer.refuse(format_args!("{} times {}", a.shape, b.shape)));
        }
        let (outer_a, outer_b) = (Shape::of(&a.shape[..ra - 2])?, Shape::of(&b.shape[..rb - 2])?);
        let mut shape = infer.broadcast(outer_a, outer_b)?;
        shape.push(a.shape[ra - 2])?;
        shape.push(b.shape[rb - 1])?;
        infer.gives(Type::F32, shape);
        // A factor that is made at each run is packed at each run.
        infer.scratch = packed(&b.shape[rb - 2..], 1, infer.panel);
        Ok(())
    },
    run: matmul,
    summary: "product of matrices, or of stacks of them",
    ..Op::BASE
};

fn matmul(call: &mut Call) -> Result<()> {
    let (sa, sb) = (call.shape(0), call.shape(1));
    let (k, n) = (sa[sa.rank() - 1], sb[sb.rank() - 1]);
    let m = sa[sa.rank() - 2];
    let a = call.input::<f32>(0)?;
    let (kernels, panel) = (call.kernels, call.kernels.panel());
    let operand = call.inputs[1];
    let scratch = std::mem::take(&mut call.scratch);
    let out = call.output_bytes(0)?;
    let outer = Shape::of(&out.spec.shape[..out.spec.shape.rank() - 2])?;
    let strides =
        |s: Shape| super::strided::broadcast_strides(Shape::of(&s[..s.rank() - 2]).unwrap_or(Shape::SCALAR), outer);
    let walk = super::strided::Walk::new(outer, [strides(sa), strides(sb)]);
    let (row, steps) = walk.row();
    let out = out.elements::<f32>()?;
    let mut place = 0;
    let mut packed_now = None;
    walk.rows(|[at_a, at_b]| {
        for i in 0..row {
            let (which_a, which_b) = (at_a + i * steps[0], at_b + i * steps[1]);
            let data: &[f32] = match operand {
                Operand::Packed(_, data) => data,
                Operand::Here(bytes) => {
                    if packed_now != Some(which_b) {
                        let b = bytes.elements::<f32>().unwrap_or_default();
                        pack(&[k, n], 1, panel, scratch, |r, c| b[which_b * k * n + r * n + c]);
                        packed_now = Some(which_b);
                    }
                    scratch
                }
                _ => return,
            };
            let b = Panels { data, depth: k, n, panel };
            for first in (0..m).step_by(ROWS) {
                let count = ROWS.min(m - first);
                let starts: [usize; ROWS] = std::array::from_fn(|r| which_a * m * k + (first + r) * k);
                let rows = Rows { from: a, starts: &starts[..count], taps: 1, k };
                let part = &mut out[place * m * n + first * n..][..count * n];
                kernels.gemm(rows, b, 0..n, part, n, &Epilogue::default());
            }
            place += 1;
        }
    });
    Ok(())
}
