//! The examples run.
#![allow(clippy::unwrap_used)] // a helper that unwraps fails its test where it should

#[allow(dead_code)] // its `main` is the command line
#[path = "../examples/network.rs"]
mod network;

use vaerans::nn::op;
use vaerans::nn::plan::{self, Attribute, Extent, Graph, Input, Output, Plan, Step, Value};
use vaerans::nn::ty::Type;

/// A network of one step: the magnitude of an input (batch, 3).
fn plan() -> Vec<u8> {
    let op = op::by_name("Abs").unwrap();
    let attributes = vec![Attribute::Absent; op.attributes.len()];
    let step =
        Step { op, inputs: vec![Some(0)], outputs: vec![Some(1)], attributes, graphs: Vec::new(), name: "abs".into() };
    let dims = vec![Extent::Symbol(0), Extent::Fixed(3)];
    let plan = Plan {
        symbols: vec!["batch".into()],
        values: vec![Value::Made, Value::Made],
        graph: Graph::of(vec![step], Vec::new()),
        inputs: vec![Input { name: "x".into(), value: 0, ty: Type::F32, dims }],
        outputs: vec![Output { name: "y".into(), value: 1 }],
        ..Plan::default()
    };
    plan::write(&plan).unwrap()
}

#[test]
fn a_folder_is_run_on_noise() {
    let folder = std::env::temp_dir().join(format!("vaerans-example-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("plan.bin"), plan()).unwrap();
    std::fs::write(folder.join("weights.bin"), []).unwrap();
    let path = folder.to_str().unwrap();
    let run = |given: &str| network::report(path, &[given.to_owned()]).map_err(|e| e.to_string());
    let said = run("batch=5").unwrap();
    assert!(said.contains("input  x: float32 [5, 3]\noutput y: float32 [5, 3], 0."), "{said}");
    assert!(said.contains("memory 0 bytes of weights, 0 of activations, 120 of inputs and outputs"), "{said}");
    let problem = run("batch=many").unwrap_err();
    assert!(problem.contains("invalid digit"), "{problem}");
    std::fs::remove_dir_all(&folder).unwrap();
    let problem = run("batch=5").unwrap_err();
    assert!(problem.contains("plan.bin"), "{problem}");
}
