//! Networks of a few steps, run.

use super::testing::{run, told, Array, Net};
use super::*;
use crate::kernels::nn::{Mode, NnKernels};
use crate::kernels::Kernels;
use crate::nn::memory::{Bytes, BytesMut};
use crate::nn::op;
use crate::nn::plan::{self, Attribute, Form, Graph, Id, Output, Step, Value, WeightFile};
use crate::nn::ty::Type;
use crate::wire::{checksum, Limits};

/// -relu(x) of `[s0, s1]`.
fn chain() -> Session {
    let mut net = Net::default();
    let x = net.input(Type::F32, &[-1, -2]);
    let y = net.step("Relu", &[x]);
    let z = net.step("Neg", &[y]);
    net.session(&[z])
}

#[test]
fn a_chain_runs_at_any_extents() {
    let mut session = chain();
    for dims in [[1usize, 3], [2, 5], [1, 3], [0, 3], [4, 0]] {
        let n = dims[0] * dims[1];
        let x: Vec<f32> = (0..n).map(|i| i as f32 - 1.0).collect();
        let y = run(&mut session, &mut [Array::floats(&dims, &x)]).unwrap();
        assert_eq!(y[0], x.iter().map(|v| -v.max(0.0)).collect::<Vec<_>>());
    }
}

#[test]
fn a_chain_works_where_it_stands_and_writes_where_the_caller_wants() {
    let mut session = chain();
    run(&mut session, &mut [Array::floats(&[4, 100], &[1.0; 400])]).unwrap();
    // Only what is between: the output is the caller's memory, the input is not copied.
    assert_eq!(session.block_bytes(), 1600usize.next_multiple_of(64));
    let mut net = Net::default();
    let x = net.input(Type::F32, &[100]);
    let (a, b) = (net.step("Exp", &[x]), net.step("Neg", &[x]));
    let mut last = a;
    for _ in 0..5 {
        last = net.step("Relu", &[last]);
    }
    let sum = net.step("Add", &[last, b]);
    let mut session = net.session(&[sum]);
    run(&mut session, &mut [Array::floats(&[100], &[1.0; 100])]).unwrap();
    assert_eq!(session.block_bytes(), 2 * 448, "two values live at a time");
}

#[test]
fn outputs_that_are_inputs_or_weights_or_given_twice() {
    let mut net = Net::default();
    let x = net.input(Type::F32, &[2]);
    let w = net.weight(Type::F32, &[1], &3f32.to_le_bytes());
    let y = net.step("Neg", &[x]);
    let z = net.step("Neg", &[y]);
    let mut session = net.session(&[x, w, y, y, z]);
    let made = run(&mut session, &mut [Array::floats(&[2], &[1.0, -2.0])]).unwrap();
    assert_eq!(made, [vec![1.0, -2.0], vec![3.0], vec![-1.0, 2.0], vec![-1.0, 2.0], vec![1.0, -2.0]]);
}

#[test]
fn inputs_that_are_not_the_networks() {
    let mut session = chain();
    assert_eq!(told(run(&mut session, &mut [])).0, "param.shape");
    assert_eq!(told(run(&mut session, &mut [Array::zeros(Type::I64, &[1, 2])])).0, "param.dtype");
    assert_eq!(told(run(&mut session, &mut [Array::zeros(Type::F32, &[1])])).0, "param.shape");
    let mut net = Net::default();
    let (x, y) = (net.input(Type::F32, &[-1, 2]), net.input(Type::F32, &[-1, 2]));
    let sum = net.step("Add", &[x, y]);
    let mut session = net.session(&[sum]);
    let (code, text) =
        told(run(&mut session, &mut [Array::zeros(Type::F32, &[1, 2]), Array::zeros(Type::F32, &[3, 2])]));
    assert_eq!(code, "param.shape");
    assert!(text.contains("s0 is 1 elsewhere"), "{text}");
    let (code, text) =
        told(run(&mut session, &mut [Array::zeros(Type::F32, &[1, 3]), Array::zeros(Type::F32, &[1, 2])]));
    assert_eq!(code, "param.shape");
    assert!(text.contains("3 has to be 2"), "{text}");
    assert!(run(&mut session, &mut [Array::zeros(Type::F32, &[3, 2]), Array::zeros(Type::F32, &[3, 2])]).is_ok());
}

#[test]
fn outputs_that_are_not_the_networks() {
    let mut session = chain();
    let mut x = Array::zeros(Type::F32, &[1, 2]);
    let inputs = [Bytes::new(x.0, x.1.all()).unwrap()];
    for (ty, dims, code) in [(Type::F32, [2, 1], "param.shape"), (Type::I32, [1, 2], "param.dtype")] {
        let mut y = Array::zeros(ty, &dims);
        let e = session.run(&inputs, &mut [BytesMut::new(y.0, y.1.all()).unwrap()]).unwrap_err();
        assert_eq!(e.code(), code);
    }
    assert_eq!(session.run(&inputs, &mut []).unwrap_err().code(), "param.shape");
}

#[test]
fn steps_that_do_not_fit_their_inputs_name_their_node() {
    let mut net = Net::default();
    let (x, y) = (net.input(Type::F32, &[-1]), net.input(Type::F32, &[-2]));
    let sum = net.step("Add", &[x, y]);
    let mut session = net.session(&[sum]);
    let (code, text) = told(run(&mut session, &mut [Array::zeros(Type::F32, &[2]), Array::zeros(Type::F32, &[3])]));
    assert_eq!(code, "model.shape");
    assert!(text.contains("Add") && text.contains("node add"), "{text}");
}

/// x where a condition holds, else -x; the branch of x squares what is larger too.
fn choice(condition: impl FnOnce(&mut Net) -> Id) -> Session {
    let mut net = Net::default();
    let holds = condition(&mut net);
    let x = net.input(Type::F32, &[2]);
    let (square, yes) = net.step_of("Mul", &[x, x], Vec::new());
    let (negative, no) = net.step_of("Neg", &[x], Vec::new());
    let to = net.value(Value::Made);
    let graphs = vec![Graph::of(vec![square], vec![yes]), Graph::of(vec![negative], vec![no])];
    let (inputs, outputs, attributes) = (vec![Some(holds)], vec![Some(to)], Vec::new());
    let op = op::by_name("If").unwrap();
    let step = Step { op, inputs, outputs, attributes, graphs, name: "choice".into() };
    net.plan.graph.steps.push(step.into());
    let y = net.step("Abs", &[to]);
    net.session(&[to, y])
}

#[test]
fn a_branch_is_taken_when_it_runs() {
    let mut session = choice(|net| net.input(Type::Bool, &[]));
    for (flag, wanted) in [(true, [9.0, 4.0]), (false, [-3.0, 2.0]), (true, [9.0, 4.0])] {
        let made = run(&mut session, &mut [Array::flag(flag), Array::floats(&[2], &[3.0, -2.0])]).unwrap();
        assert_eq!(made, [wanted.to_vec(), wanted.map(f32::abs).to_vec()]);
    }
}

#[test]
fn a_known_condition_leaves_one_branch() {
    for (flag, wanted) in [(1, [9.0, 4.0]), (0, [-3.0, 2.0])] {
        let mut session = choice(|net| net.weight(Type::Bool, &[], &[flag]));
        let made = run(&mut session, &mut [Array::floats(&[2], &[3.0, -2.0])]).unwrap();
        assert_eq!(made[0], wanted);
    }
}

#[test]
fn numbers_that_are_none_go_through() {
    let mut session = chain();
    let made = run(&mut session, &mut [Array::floats(&[1, 3], &[f32::NAN, f32::INFINITY, f32::NEG_INFINITY])]).unwrap();
    assert!(made[0][0].is_nan());
    assert_eq!(made[0][1..], [f32::NEG_INFINITY, 0.0]);
}

/// Reshape or another operator whose second input says the extents.
fn sized(name: &str) -> Session {
    let mut net = Net::default();
    let (x, sizes) = (net.input(Type::F32, &[-1]), net.input(Type::I64, &[-2]));
    let y = net.step(name, &[x, sizes]);
    net.session(&[y])
}

#[test]
fn extents_may_follow_from_what_inputs_hold() {
    let mut session = sized("Expand");
    for n in [2, 3, 2] {
        let made = run(&mut session, &mut [Array::floats(&[1], &[5.0]), Array::numbers(&[n, 2])]).unwrap();
        assert_eq!(made[0], vec![5.0; 2 * n as usize]);
    }
}

#[test]
fn huge_extents_are_refused_before_there_is_memory() {
    for (name, sizes) in [
        ("Expand", vec![1 << 40, 1]),
        ("Expand", vec![1 << 20, 1 << 20, 1 << 20, 1 << 20, 1]),
        ("Expand", vec![i64::MAX, i64::MAX, 1]),
        ("Expand", vec![0, i64::MAX, 1]),
        ("Tile", vec![1 << 40]),
        ("Tile", vec![i64::MAX]),
        ("Pad", vec![1 << 31, 1 << 31]),
        ("Reshape", vec![i64::MAX, -1]),
    ] {
        let result = run(&mut sized(name), &mut [Array::floats(&[1], &[0.0]), Array::numbers(&sizes)]);
        let code = told(result).0;
        assert!(["limit.symbols", "model.shape"].contains(&code), "{name} to {sizes:?}: {code}");
    }
}

#[test]
fn long_ranges_are_refused_before_there_is_memory() {
    for (start, end, step) in [(0, i64::MAX, 1), (i64::MIN, i64::MAX, 1), (0, 1 << 40, 1), (i64::MAX, i64::MIN, -1)] {
        let mut net = Net::default();
        let inputs: Vec<Id> = [start, end, step].iter().map(|&n| net.numbers(&[n])).collect();
        let y = net.step("Range", &inputs);
        let e = net.session(&[y]).prepare(&[]).unwrap_err();
        assert_eq!(e.code(), "limit.symbols");
    }
}

#[test]
fn values_that_are_known_take_no_more_than_the_limit() {
    let mut net = Net::default();
    let (shape, value) = (net.numbers(&[4096]), net.numbers(&[7]));
    let all: Vec<Id> = (0..64).map(|_| net.step("ConstantOfShape", &[shape, value])).collect();
    let model = net.model(&[all[0]]).unwrap();
    let limits = Limits { max_bytes: 1 << 20, ..Limits::default() };
    let mut session = Session::new(model, Options { limits, ..Options::default() });
    assert_eq!(session.prepare(&[]).unwrap_err().code(), "limit.memory");
}

/// Adds a weight of zeros.
type Zeros = fn(&mut Net, &[usize], usize) -> Id;

#[test]
fn operands_that_fit_no_step_are_refused() {
    let float: Zeros = |net, shape, n| net.weight(Type::F32, shape, &vec![0; 4 * n]);
    let cases: [fn(&mut Net, Zeros) -> Id; 10] = [
        // A slope of more dimensions than the input.
        |net, float| {
            let (x, slope) = (float(net, &[2], 2), float(net, &[3, 2], 6));
            net.step("PRelu", &[x, slope])
        },
        // A constant without an element.
        |net, float| {
            let (shape, value) = (net.numbers(&[2]), float(net, &[0], 0));
            net.step("ConstantOfShape", &[shape, value])
        },
        // Ends without an element.
        |net, _| {
            let none = net.numbers(&[]);
            net.step("Range", &[none, none, none])
        },
        // Indices that are one scalar.
        |net, float| {
            let (x, i, u) = (float(net, &[2], 2), net.weight(Type::I64, &[], &[0; 8]), float(net, &[2], 2));
            net.step("ScatterND", &[x, i, u])
        },
        // What pads is no element.
        |net, float| {
            let (x, pads, value) = (float(net, &[2], 2), net.numbers(&[1, 1]), float(net, &[0], 0));
            net.step("Pad", &[x, pads, value])
        },
        // Parts whose sizes wrap around to the whole.
        |net, float| {
            let (x, sizes) = (float(net, &[2], 2), net.numbers(&[i64::MAX, i64::MAX, 4]));
            let (mut step, to) = net.step_of("Split", &[x, sizes], Vec::new());
            let more = [net.value(Value::Made), net.value(Value::Made)];
            step.outputs.extend(more.map(Some));
            net.plan.graph.steps.push(step.into());
            to
        },
        // A scale without an element.
        |net, float| {
            let (x, scale) = (float(net, &[2], 2), float(net, &[0], 0));
            net.step("LayerNormalization", &[x, scale])
        },
        // A scale that is a part of a row.
        |net, float| {
            let (x, scale) = (float(net, &[16], 16), float(net, &[8], 8));
            net.step("LayerNormalization", &[x, scale])
        },
        // What is clipped to less than nothing.
        |net, float| {
            let (x, r) = (float(net, &[1, 1, 4], 4), float(net, &[1, 4], 4));
            let mut attributes = vec![Attribute::Absent; op::by_name("LSTM").unwrap().attributes.len()];
            attributes[6] = Attribute::Float(-1.0);
            let (step, y) = net.step_of("LSTM", &[x, r], attributes);
            net.plan.graph.steps.push(step.into());
            y
        },
        // Indices that are no whole numbers.
        |net, float| {
            let (x, i) = (float(net, &[2], 2), float(net, &[1], 1));
            net.step("Gather", &[x, i])
        },
    ];
    for (which, case) in cases.iter().enumerate() {
        let mut net = Net::default();
        let y = case(&mut net, float);
        let e = net.session(&[y]).prepare(&[]).unwrap_err();
        assert_eq!(e.code(), "model.shape", "case {which}: {}", e.message());
    }
}

#[test]
fn a_weight_in_another_form_is_no_output() {
    let mut net = Net::default();
    let w = net.weight(Type::F32, &[8, 5], &[0; 160]);
    if let Value::Weight(weight) = &mut net.plan.values[w as usize] {
        weight.form = Form::Panels(1);
    }
    assert_eq!(net.session(&[w]).prepare(&[]).unwrap_err().code(), "model.plan");
}

#[test]
fn steps_of_any_size_over_one_element() {
    let mut net = Net::default();
    let x = net.weight(Type::F32, &[1, 1], &[0; 4]);
    let parts: Vec<Id> = [&[0], &[i64::MAX], &[1], &[i64::MAX]].iter().map(|n| net.numbers(*n)).collect();
    let y = net.step("Slice", &[x, parts[0], parts[1], parts[2], parts[3]]);
    assert_eq!(run(&mut net.session(&[y]), &mut []).unwrap(), [[0.0]]);
}

#[test]
fn windows_far_larger_than_what_they_see_are_refused() {
    for kernel in [vec![u32::MAX.into()], vec![5000]] {
        for name in ["MaxPool", "AveragePool"] {
            let mut net = Net::default();
            let x = net.input(Type::F32, &[1, 1, 1]);
            let mut attributes = vec![Attribute::Absent; op::by_name(name).unwrap().attributes.len()];
            attributes[2] = Attribute::Ints(vec![kernel[0] - 1, 0]);
            attributes[0] = Attribute::Ints(kernel.clone());
            let (step, y) = net.step_of(name, &[x], attributes);
            net.plan.graph.steps.push(step.into());
            assert_eq!(told(run(&mut net.session(&[y]), &mut [Array::zeros(Type::F32, &[1, 1, 1])])).0, "model.shape");
        }
    }
}

#[test]
fn weights_that_are_not_the_plans() {
    let mut net = Net::default();
    let w = net.weight(Type::F32, &[2], &[0; 8]);
    let y = net.step("Neg", &[w]);
    net.plan.outputs = vec![Output { name: "y".into(), value: y }];
    net.plan.weights = WeightFile { bytes: 8, crc: checksum(&net.file), digest: [0; 32] };
    let kernels = NnKernels::of(Kernels::REFERENCE, Mode::Strict);
    let bytes = plan::write(&net.plan).unwrap();
    let load = |plan: &[u8], file: &[u8]| Model::load(plan, file, kernels, &Limits::default());
    assert!(load(&bytes, &net.file).is_ok());
    assert_eq!(load(&bytes, &[1; 8]).unwrap_err().code(), "model.weights");
    assert_eq!(load(&bytes, &net.file[..4]).unwrap_err().code(), "model.weights");
    let Value::Weight(weight) = &mut net.plan.values[0] else { unreachable!() };
    weight.offset = u64::MAX;
    let bytes = plan::write(&net.plan).unwrap();
    assert_eq!(load(&bytes, &net.file).unwrap_err().code(), "model.weights");
}
