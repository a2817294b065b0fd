//! The network engine: plans made ahead of time, run by a small interpreter over one block of memory.
//!
//! A [`plan::Plan`] says what runs, in order; [`Model`] is a plan with its weights; [`Session`] runs it. Before a first run, and when
//! extents change, shapes are worked out and every value gets its place; a run allocates nothing.
//!
//! A plan is what `vaerans export` writes beside its weights. Here one of a single step is made by hand, to show what is in it:
//!
//! ```
//! use std::sync::Arc;
//! use vaerans::kernels::nn::{Mode, NnKernels};
//! use vaerans::nn::plan::{self, Attribute, Extent, Graph, Input, Output, Plan, Step, Value};
//! use vaerans::nn::{op, ty::Type, Model, Named, Options, Session};
//! use vaerans::wire::Limits;
//!
//! let relu = op::by_name("Relu")?;
//! let step = Step {
//!     op: relu,
//!     inputs: vec![Some(0)],
//!     outputs: vec![Some(1)],
//!     attributes: vec![Attribute::Absent; relu.attributes.len()],
//!     graphs: vec![],
//!     name: "relu".into(),
//! };
//! let plan = plan::write(&Plan {
//!     symbols: vec!["length".into()],
//!     values: vec![Value::Made, Value::Made],
//!     graph: Graph::of(vec![step], vec![]),
//!     inputs: vec![Input { name: "x".into(), value: 0, ty: Type::F32, dims: vec![Extent::Symbol(0)] }],
//!     outputs: vec![Output { name: "y".into(), value: 1 }],
//!     ..Plan::default()
//! })?;
//!
//! // `Strict`: the same bits on every machine.
//! let kernels = NnKernels::fastest(Mode::Strict);
//! let model = Arc::new(Model::load(&plan, &[], kernels, &Limits::default())?);
//! let mut network = Named::new(Session::new(model, Options::default()))?;
//! network.begin();
//! // Without extents they follow from the number of elements.
//! let room = network.input("x", "float32", None, 3)?;
//! for (to, x) in room.chunks_exact_mut(4).zip([-1.5f32, 0.0, 2.0]) {
//!     to.copy_from_slice(&x.to_ne_bytes());
//! }
//! network.run()?;
//! let (name, spec, bytes) = network.outputs().next().expect("the plan has one");
//! assert_eq!((name, &spec.shape[..]), ("y", &[3][..]));
//! assert_eq!(&bytes[8..], 2f32.to_ne_bytes());
//! # Ok::<(), vaerans::Error>(())
//! ```
//!
//! The example `network` of this crate runs an exported folder. [`Session`] reads and writes memory of its caller, without copies.

pub mod memory;
mod named;
pub mod op;
pub mod optimizer;
pub mod plan;
mod run;
pub mod ty;

pub use named::Named;
pub use run::{Fetch, Model, Options, Session, StepTold, Watch};
