//! Which way is kept, with clocks that say what a test wants.

use super::*;
use crate::kernels::nn::NnKernels;
use crate::kernels::Isa;
use crate::nn::plan::{Form, Output, Value, WeightFile};
use crate::nn::run::testing::{Array, Net};
use crate::nn::ty::Type;
use crate::wire::checksum;

/// Two convolutions behind each other, the first by Winograd's way, the second as a product: plan and weights.
fn convolutions() -> (Vec<u8>, Vec<u8>) {
    let mut net = Net::default();
    let mut last = net.input(Type::F32, &[1, 12, 12, 8]);
    for form in [Form::Winograd, Form::Panels(1)] {
        let numbers = (0..9 * 8 * 8).map(|i| (i * 37 % 101) as f32 / 404.0 - 0.125);
        let bytes: Vec<u8> = numbers.flat_map(f32::to_le_bytes).collect();
        let weight = net.weight(Type::F32, &[3, 3, 8, 8], &bytes);
        if let Value::Weight(weight) = &mut net.plan.values[weight as usize] {
            weight.form = form;
        }
        last = net.step("Conv", &[last, weight]);
    }
    net.plan.outputs = vec![Output { name: "y".into(), value: last }];
    net.plan.weights = WeightFile { bytes: net.file.len() as u64, crc: checksum(&net.file), digest: [0; 32] };
    (plan::write(&net.plan).unwrap(), net.file)
}

/// What is chosen on four threads where each look at the clock finds it `step(i)` later, and what was tried.
fn chosen(mode: Mode, step: impl Fn(usize) -> f64) -> (Choice, Vec<Trial>) {
    chosen_of(usize::MAX, mode, step)
}

/// The same after `most` trials.
fn chosen_of(most: usize, mode: Mode, step: impl Fn(usize) -> f64) -> (Choice, Vec<Trial>) {
    let (plan, weights) = convolutions();
    let kernels = NnKernels::fastest(mode);
    let options = Options { threads: 4, ..Options::default() };
    let optimizer = Optimizer::new(&plan, &weights, kernels, options, 0.0).unwrap();
    let numbers: Vec<_> = (0..12 * 12 * 8).map(|i| (i % 17) as f32 - 8.0).collect();
    let mut input = Array::floats(&[1, 12, 12, 8], &numbers);
    let inputs = [Bytes::new(input.0, input.1.all()).unwrap()];
    let (mut looks, mut now, mut trials) = (0, 0.0, Vec::new());
    let mut clock = || {
        (looks, now) = (looks + 1, now + step(looks));
        now
    };
    let mut told = |trial| {
        trials.push(trial);
        if trials.len() < most {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    };
    let choice = optimizer.run(&inputs, &mut clock, &mut told).unwrap();
    (choice, trials)
}

#[test]
fn the_way_of_the_plan_stays_where_none_is_faster() {
    for mode in [Mode::Strict, Mode::Fast] {
        let (choice, trials) = chosen(mode, |_| 1.0);
        let isa = NnKernels::fastest(mode).isa();
        assert_eq!(choice, Choice::of(isa, &Options { threads: 4, ..Options::default() }));
        let kept: Vec<_> = trials.iter().map(|trial| trial.kept).collect();
        assert!(kept[0] && !kept[1..].contains(&true), "{trials:?}");
        let threads = |trial: &&Trial| trial.what.starts_with("threads");
        assert_eq!(
            trials.iter().filter(threads).map(|t| t.what.as_str()).collect::<Vec<_>>(),
            ["threads 2", "threads 1"]
        );
        assert_eq!(trials.iter().any(|t| t.what.starts_with("band_bytes")), mode == Mode::Fast);
    }
}

#[test]
fn what_is_faster_is_kept() {
    // Each look is a little quicker than the one before: so is each way.
    let (choice, trials) = chosen(Mode::Fast, |i| 0.99f64.powi(i as i32));
    assert!(trials.iter().all(|trial| trial.kept), "{trials:?}");
    assert_eq!((choice.threads, choice.band_bytes), (1, Options::default().band_bytes / 4));
    assert_eq!(choice.forms, [(1, Form::Panels(1)), (3, Form::Winograd)]);
    // Other bits are no way of strict mode.
    let (choice, _) = chosen(Mode::Strict, |i| 0.99f64.powi(i as i32));
    assert_eq!((choice.threads, choice.band_bytes, choice.forms), (1, Options::default().band_bytes, vec![]));
}

#[test]
fn whoever_is_told_may_end_it() {
    let (choice, trials) = chosen_of(1, Mode::Fast, |i| 0.99f64.powi(i as i32));
    assert_eq!((trials.len(), choice.threads), (1, 4));
}

#[test]
fn a_choice_is_its_text() {
    let forms = vec![(1, Form::Panels(1)), (3, Form::Winograd)];
    let choice = Choice { forms, ..Choice::of(Isa::Avx2, &Options { threads: 3, ..Options::default() }) };
    let text = choice.to_string();
    assert_eq!(text, "isa avx2\nthreads 3\nband_bytes 8388608\npanels 1\nwinograd 3\n");
    assert_eq!(text.parse::<Choice>().unwrap(), choice);
    for text in [
        "",
        "threads 2\n",
        "isa mmx\n",
        "isa avx2\nthreads many\n",
        "isa avx2\nthreads 4611686018427387904\n",
        "isa avx2\nthreads 0\n",
        "isa avx2\nspeed 9\n",
        "isa avx2\nwinograd\n",
    ] {
        assert_eq!(text.parse::<Choice>().unwrap_err().code(), "param.range", "{text:?}");
    }
}

#[test]
fn a_choice_of_another_plan_is_refused() {
    let (bytes, _) = convolutions();
    let plan = plan::read(&bytes).unwrap();
    for id in [0, 2, 99] {
        let choice = Choice { forms: vec![(id, Form::Winograd)], ..Choice::of(Isa::Reference, &Options::default()) };
        assert_eq!(choice.applied(plan.clone()).unwrap_err().code(), "model.plan", "{id}");
    }
}
