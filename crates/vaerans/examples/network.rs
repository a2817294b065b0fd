//! Runs an exported network on noise: what it takes, what it gives, the memory it needs.
//!
//! ```text
//! vaerans export model.onnx out --runtime npm
//! cargo run --release --example network -- out batch=1 height=256 width=256
//! ```
//!
//! `out` is a folder with `plan.bin` and `weights.bin`; behind it stand the extents that the network leaves open, each 1
//! where nothing is said.

use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;
use vaerans::kernels::nn::{Mode, NnKernels};
use vaerans::nn::plan::{Extent, Input, Plan};
use vaerans::nn::ty::Type;
use vaerans::nn::{Model, Named, Options, Session};
use vaerans::wire::Limits;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (folder, extents) = args.split_first().ok_or("usage: network FOLDER [SYMBOL=EXTENT ...]")?;
    print!("{}", report(folder, extents)?);
    Ok(())
}

/// Runs the network of a folder; gives what is to be printed.
pub fn report(folder: &str, given: &[String]) -> Result<String, Failure> {
    let read = |name: &str| std::fs::read(Path::new(folder).join(name)).map_err(|e| format!("{folder}/{name}: {e}"));

    // `Fast` may use fused multiply-add; `Strict` gives the same bits on every machine.
    let kernels = NnKernels::fastest(Mode::Fast);
    let model = Arc::new(Model::load(&read("plan.bin")?, &read("weights.bin")?, kernels, &Limits::default())?);
    // A session owns the memory of a run, which is laid out when the first inputs come.
    let session = Session::new(model.clone(), Options { threads: vaerans::pool::resolve(None)?, ..Options::default() });
    let mut network = Named::new(session)?;
    let mut text = String::new();

    network.begin();
    for (input, seed) in model.plan.inputs.iter().zip(1..) {
        let dims = extents(input, &model.plan, given)?;
        writeln!(text, "input  {}: {} {dims:?}", input.name, input.ty.name())?;
        let room = network.input(&input.name, input.ty.name(), Some(&dims), dims.iter().product())?;
        noise(input.ty, room, seed);
    }
    network.run()?;

    for (name, spec, bytes) in network.outputs() {
        writeln!(text, "output {name}: {} {}{}", spec.ty.name(), spec.shape, range(spec.ty, bytes))?;
    }
    let (weights, activations, ports) = (model.weight_bytes(), network.session().block_bytes(), network.bytes());
    writeln!(text, "memory {weights} bytes of weights, {activations} of activations, {ports} of inputs and outputs")?;
    Ok(text)
}

/// The extents of an input, open ones as the command line says.
fn extents(input: &Input, plan: &Plan, given: &[String]) -> Result<Vec<usize>, Failure> {
    let one = |extent: &Extent| match *extent {
        Extent::Fixed(n) => Ok(usize::try_from(n)?),
        Extent::Symbol(symbol) => {
            let name = plan.symbols[symbol as usize].as_str();
            let said = given.iter().find_map(|g| g.strip_prefix(name)?.strip_prefix('='));
            Ok(said.map_or(Ok(1), str::parse)?)
        }
    };
    input.dims.iter().map(one).collect()
}

/// Floats of -1 to 1; of other types zeros, which any index may be.
fn noise(ty: Type, room: &mut [u8], mut state: u32) {
    if ty != Type::F32 {
        return room.fill(0);
    }
    for float in room.chunks_exact_mut(4) {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        float.copy_from_slice(&((state >> 8) as f32 / (1 << 23) as f32 - 1.0).to_ne_bytes());
    }
}

/// Least and most of floats.
fn range(ty: Type, bytes: &[u8]) -> String {
    if ty != Type::F32 {
        return String::new();
    }
    let floats = bytes.chunks_exact(4).map(|b| f32::from_ne_bytes([b[0], b[1], b[2], b[3]]));
    let (least, most) = floats.fold((f32::INFINITY, f32::NEG_INFINITY), |(a, b), v| (a.min(v), b.max(v)));
    format!(", {least} to {most}")
}
