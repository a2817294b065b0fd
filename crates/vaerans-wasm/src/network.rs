//! Networks: a plan with its weights, which runs by name.

use crate::js::{copy, list, set, Array, Object, Uint8Array};
use crate::{limits, thrown};
use std::sync::Arc;
use vaerans::kernels::nn::{Mode, NnKernels};
#[cfg(not(feature = "rare"))]
use vaerans::nn::op::supplement;
use vaerans::nn::plan::{self, Extent, Plan};
use vaerans::nn::{Model, Named, Options, Session};
use vaerans::wire::hex;
use vaerans::{Error, Result};
use wasm_bindgen::prelude::*;

/// Which build of the module this is: 0 base, 1 simd, 2 threads, 3 relaxed.
#[wasm_bindgen]
pub fn variant() -> u32 {
    match () {
        _ if cfg!(feature = "threads") => 2,
        _ if cfg!(target_feature = "relaxed-simd") => 3,
        _ => cfg!(target_feature = "simd128").into(),
    }
}

/// Takes a supplement: the place of its function in the table of this module, and the layout that it was built with. One of another build
/// is not taken: a plan that needs it is refused as before. (No export of wasm-bindgen's: a page would load 80 bytes of script for it.)
#[cfg(not(feature = "rare"))]
#[no_mangle]
pub extern "C" fn extend(function: usize, layout: u32) {
    if layout == supplement::LAYOUT {
        // SAFETY: a pointer to a function is its place in the table, and who put it there says that it is this one.
        supplement::attach(unsafe { std::mem::transmute::<usize, supplement::Supplement>(function) });
    }
}

/// A network: first its plan, then its weights, then runs.
#[wasm_bindgen]
pub struct Network {
    plan: Option<Plan>,
    at_work: Option<Named>,
}

#[wasm_bindgen]
impl Network {
    /// Of a plan, which is checked.
    #[wasm_bindgen(constructor)]
    pub fn new(plan: &[u8]) -> std::result::Result<Network, JsValue> {
        Ok(Network { plan: Some(plan::read(plan).map_err(thrown)?), at_work: None })
    }

    /// What the plan says: `Described` of web/src/nn-glue.ts. Once, before the weights.
    pub fn describe(&self) -> Object {
        self.plan.as_ref().map_or_else(Object::new, described)
    }

    /// Takes the weights, which stay JavaScript's: they are copied part by part.
    pub fn load(
        &mut self,
        weights: &Uint8Array,
        fast: bool,
        threads: u32,
        max_bytes: f64,
    ) -> std::result::Result<(), JsValue> {
        let plan = self.plan.take().ok_or_else(|| thrown(Error::new("internal.bug", "weights twice")))?;
        self.at_work = Some(at_work(plan, weights, fast, threads, max_bytes).map_err(thrown)?);
        Ok(())
    }

    /// A run begins: what was given for one that did not come about is forgotten.
    pub fn begin(&mut self) -> std::result::Result<(), JsValue> {
        self.named().map(|named| named.begin()).map_err(thrown)
    }

    /// Copies an input from JavaScript: its elements as bytes. Without extents they follow from the plan.
    pub fn input(
        &mut self,
        name: &str,
        dtype: &str,
        extents: Option<Box<[f64]>>,
        elements: u32,
        bytes: &Uint8Array,
    ) -> std::result::Result<(), JsValue> {
        self.take(name, dtype, extents.as_deref(), elements, bytes).map_err(thrown)
    }

    /// The caller has memory for an output of that type and number of elements alone.
    pub fn want(&mut self, name: &str, dtype: &str, elements: u32) -> std::result::Result<(), JsValue> {
        self.named().and_then(|named| named.want(name, dtype, elements as usize)).map_err(thrown)
    }

    /// Runs; gives `Output[]` of web/src/nn-glue.ts.
    pub fn run(&mut self) -> std::result::Result<Array, JsValue> {
        let named = self.named().map_err(thrown)?;
        named.run().map_err(thrown)?;
        Ok(list(named.outputs().map(|(name, spec, bytes)| {
            let o = Object::new();
            set(&o, "name", name);
            set(&o, "dtype", spec.ty.name());
            set(&o, "shape", list(spec.shape.iter().map(|&n| JsValue::from_f64(n as f64))));
            set(&o, "data", Uint8Array::new(bytes));
            o.into()
        })))
    }

    /// Bytes of: the stack, parameters, activations, inputs and outputs.
    pub fn memory(&self) -> Array {
        let [parameters, activations, scratch] = self.at_work.as_ref().map_or([0; 3], |named| {
            let session = named.session();
            [session.model().weight_bytes(), session.block_bytes(), named.bytes()]
        });
        list([stack(), parameters, activations, scratch].into_iter().map(|n| JsValue::from_f64(n as f64)))
    }
}

impl Network {
    fn named(&mut self) -> Result<&mut Named> {
        self.at_work.as_mut().ok_or_else(|| Error::new("internal.bug", "a network without weights"))
    }

    fn take(
        &mut self,
        name: &str,
        dtype: &str,
        extents: Option<&[f64]>,
        elements: u32,
        bytes: &Uint8Array,
    ) -> Result<()> {
        let dims = extents.map(|all| all.iter().map(|&d| whole(name, d)).collect::<Result<Vec<_>>>()).transpose()?;
        let room = self.named()?.input(name, dtype, dims.as_deref(), elements as usize)?;
        if bytes.length() as usize != room.len() {
            return Err(Error::new("param.shape", format!("input {name}: {} bytes", bytes.length())));
        }
        copy(room, bytes);
        Ok(())
    }
}

fn whole(name: &str, extent: f64) -> Result<usize> {
    match extent as usize {
        n if n as f64 == extent => Ok(n),
        _ => Err(Error::new("param.shape", format!("input {name}: an extent that is no whole number, or too large"))),
    }
}

fn at_work(plan: Plan, weights: &Uint8Array, fast: bool, threads: u32, max_bytes: f64) -> Result<Named> {
    let kernels = NnKernels::fastest(if fast { Mode::Fast } else { Mode::Strict });
    let limits = limits(max_bytes, 0.0, 0.0);
    let fetch = &mut |at: u64, out: &mut [u8]| {
        let end = at as u32 + out.len() as u32;
        copy(out, &weights.subarray(at as u32, end));
    };
    let model = Model::of(plan, weights.length().into(), fetch, kernels, &limits)?;
    let options = Options { threads: threads.max(1) as usize, limits, ..Options::default() };
    Named::new(Session::new(Arc::new(model), options))
}

fn described(plan: &Plan) -> Object {
    let inputs = list(plan.inputs.iter().map(|input| {
        let o = Object::new();
        set(&o, "name", input.name.as_str());
        set(&o, "dtype", input.ty.name());
        let extents = input.dims.iter().map(|extent| match *extent {
            Extent::Fixed(n) => JsValue::from_f64(n as f64),
            Extent::Symbol(s) => plan.symbols[s as usize].as_str().into(),
        });
        set(&o, "shape", list(extents));
        o.into()
    }));
    let o = Object::new();
    set(&o, "inputs", inputs);
    set(&o, "outputs", list(plan.outputs.iter().map(|output| output.name.as_str().into())));
    set(&o, "weightBytes", plan.weights.bytes as f64);
    set(&o, "weights", hex(&plan.weights.digest));
    o
}

/// Bytes of the stack of one thread.
fn stack() -> usize {
    extern "C" {
        static __stack_low: u8;
        static __stack_high: u8;
    }
    (&raw const __stack_high as usize) - (&raw const __stack_low as usize)
}
