//! Plans as bytes: what is written is read, and nothing else breaks anything.

use super::*;
use crate::kernels::testing::SplitMix64;
use crate::nn::op::{self, AttributeKind, Op};
use crate::wire::{checksum, Writer};

/// A plan of random steps, each of whose inputs was made before it.
fn random_plan(seed: u64) -> Plan {
    let mut made = Maker { random: SplitMix64(seed), plan: Plan::default(), ready: Vec::new() };
    made.plan.symbols = vec!["batch".into(), "width".into()];
    for i in 0..made.random.below(3) {
        let value = made.value(Value::Made);
        let dims = vec![Extent::Symbol(i as u32 % 2), Extent::Fixed(made.random.below(1 << 33) & 0xffff_ffff)];
        made.plan.inputs.push(Input { name: format!("input {i}"), value, ty: Type::ALL[i as usize], dims });
    }
    for _ in 0..made.random.below(4) {
        let weight = made.weight();
        made.value(Value::Weight(weight));
    }
    made.plan.graph = Graph::of(made.steps(0), Vec::new());
    made.plan.outputs = made.ready.iter().take(2).map(|&value| Output { name: format!("o{value}"), value }).collect();
    made.plan.weights = WeightFile { bytes: made.random.next(), crc: 7, digest: [9; 32] };
    made.plan
}

struct Maker {
    random: SplitMix64,
    plan: Plan,
    /// Values that can be read.
    ready: Vec<Id>,
}

impl Maker {
    fn value(&mut self, value: Value) -> Id {
        self.plan.values.push(value);
        let id = self.plan.values.len() as Id - 1;
        self.ready.push(id);
        id
    }

    fn weight(&mut self) -> Weight {
        let shape = Shape::of(&[1 + self.random.below(9) as usize, 4]).unwrap();
        let (ty, storage, form) = [
            (Type::F32, Storage::Plain, Form::Panels(2)),
            (Type::F32, Storage::Half, Form::Plain),
            (Type::F32, Storage::Int8(1), Form::Plain),
            (Type::I64, Storage::Plain, Form::Plain),
        ][self.random.below(4) as usize];
        Weight { ty, shape, storage, form, offset: self.random.below(1 << 40) }
    }

    fn steps(&mut self, depth: usize) -> Vec<Step> {
        let ops: Vec<&'static Op> = op::all().collect();
        (0..self.random.below(6))
            .filter_map(|_| {
                let op = ops[self.random.below(ops.len() as u64) as usize];
                (depth < 2 || op.number != op::IF).then(|| self.step(op, depth))
            })
            .collect()
    }

    fn step(&mut self, op: &'static Op, depth: usize) -> Step {
        let pick = |made: &mut Maker| match made.ready.len() {
            0 => None,
            n => Some(made.ready[made.random.below(n as u64) as usize]),
        };
        let inputs = (0..op.inputs.0).map(|_| pick(self)).collect();
        let attributes = op.attributes.iter().map(|d| self.attribute(d.kind)).collect();
        let graphs = match op.number {
            op::IF => (0..2).map(|_| self.branch(depth)).collect(),
            _ => Vec::new(),
        };
        let outputs = (0..op.outputs.0).map(|_| Some(self.value(Value::Made))).collect();
        Step { op, inputs, outputs, attributes, graphs, name: format!("{} here", op.name) }
    }

    fn branch(&mut self, depth: usize) -> Graph {
        let before = self.ready.clone();
        let steps = self.steps(depth + 1);
        let result = self.ready.last().copied();
        let result = result.unwrap_or_else(|| {
            self.value(Value::Weight(Weight {
                ty: Type::Bool,
                shape: Shape::SCALAR,
                storage: Storage::Plain,
                form: Form::Plain,
                offset: 0,
            }))
        });
        self.ready = before;
        Graph::of(steps, vec![result])
    }

    fn attribute(&mut self, kind: AttributeKind) -> Attribute {
        match kind {
            _ if self.random.below(3) == 0 => Attribute::Absent,
            AttributeKind::Int => Attribute::Int(self.random.next() as i64),
            AttributeKind::Float => Attribute::Float(self.random.f32(-2.0, 2.0)),
            AttributeKind::Ints => Attribute::Ints(self.random.vec(3, |r| r.next() as i64)),
            AttributeKind::Floats => Attribute::Floats(self.random.vec(2, |r| r.f32(-2.0, 2.0))),
            AttributeKind::Word(words) => Attribute::Int(self.random.below(words.len() as u64) as i64),
        }
    }
}

/// A file with a checksum that fits.
fn sealed(mut body: Vec<u8>) -> Vec<u8> {
    let sum = checksum(&body);
    body.extend_from_slice(&sum.to_le_bytes());
    body
}

/// The start of a plan up to its symbols.
fn head() -> Writer {
    let mut w = Writer::new();
    w.bytes(&MAGIC);
    w.u8(VERSION);
    w.u64(0);
    w.u32(0);
    w.bytes(&[0; 32]);
    w
}

fn code(bytes: &[u8]) -> &'static str {
    read(bytes).unwrap_err().code()
}

#[test]
fn what_is_written_is_read() {
    for seed in 0..300 {
        let plan = random_plan(seed);
        let bytes = write(&plan).unwrap();
        assert_eq!(read(&bytes).unwrap(), plan, "seed {seed}");
    }
}

#[test]
fn every_cut_is_refused() {
    let bytes = write(&random_plan(5)).unwrap();
    for n in 0..bytes.len() {
        assert_eq!(code(&bytes[..n]), "model.plan", "{n} bytes");
        // The checksum aside: the text ends too early everywhere.
        if n > MAGIC.len() && n < bytes.len() - 4 {
            assert!(read(&sealed(bytes[..n].to_vec())).is_err(), "{n} bytes");
        }
    }
}

#[test]
fn every_flipped_byte_is_refused_or_a_plan() {
    for seed in 0..20 {
        let bytes = write(&random_plan(seed)).unwrap();
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1 << (at % 8);
            assert!(read(&damaged).is_err(), "seed {seed}, byte {at}");
            damaged.truncate(bytes.len() - 4);
            let sealed = sealed(damaged);
            if let Ok(plan) = read(&sealed) {
                // Numbers may be written in more bytes than they take; the plan is the same then. (As bytes: it may hold NaN.)
                let again = write(&plan).unwrap();
                assert_eq!(write(&read(&again).unwrap()).unwrap(), again, "seed {seed}, byte {at}");
            }
        }
    }
}

#[test]
fn another_version_and_another_file_are_told() {
    let mut bytes = write(&random_plan(1)).unwrap();
    bytes[MAGIC.len()] = 9;
    assert!(read(&bytes).unwrap_err().message().contains("version 9"));
    assert_eq!(code(b"not a plan at all"), "model.plan");
    assert_eq!(code(&[]), "model.plan");
    let mut bytes = write(&random_plan(1)).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    assert!(read(&bytes).unwrap_err().message().contains("checksum"));
}

#[test]
fn counts_are_bounded_by_what_is_there() {
    for n in [1 << 20, 1 << 40, u64::MAX] {
        let mut w = head();
        w.varint(n);
        assert_eq!(code(&sealed(w.finish().unwrap())), "stream.invalid", "{n} symbols");
        let mut w = head();
        w.varint(0);
        w.varint(n);
        assert_eq!(code(&sealed(w.finish().unwrap())), "stream.invalid", "{n} values");
    }
}

#[test]
fn there_are_not_more_steps_than_can_be_laid_out() {
    let mut plan = Plan::default();
    for id in 0..40_000 {
        plan.values.push(Value::Made);
        let (inputs, outputs) = (vec![None], vec![Some(id)]);
        let (attributes, graphs) = (Vec::new(), Vec::new());
        let step = Step { op: &op::IDENTITY, inputs, outputs, attributes, graphs, name: String::new() };
        plan.graph.steps.push(step.into());
    }
    assert!(read(&write(&plan).unwrap()).unwrap_err().message().contains("steps"));
    plan.graph.steps.truncate(30_000);
    assert!(read(&write(&plan).unwrap()).is_ok());
}

fn identity(from: Id, to: Id) -> Step {
    let (attributes, graphs) = (Vec::new(), Vec::new());
    Step {
        op: &op::IDENTITY,
        inputs: vec![Some(from)],
        outputs: vec![Some(to)],
        attributes,
        graphs,
        name: String::new(),
    }
}

/// One input (value 0), and these steps over so many values.
fn plan_of(steps: Vec<Step>, values: usize, output: Id) -> Result<Plan, crate::Error> {
    let plan = Plan {
        values: vec![Value::Made; values],
        inputs: vec![Input { name: "x".into(), value: 0, ty: Type::Bool, dims: Vec::new() }],
        outputs: vec![Output { name: "y".into(), value: output }],
        graph: Graph::of(steps, Vec::new()),
        ..Plan::default()
    };
    read(&write(&plan).unwrap())
}

#[test]
fn values_are_made_once_and_before_they_are_read() {
    let told = |steps, output| plan_of(steps, 4, output).unwrap_err().message().to_string();
    assert!(told(vec![identity(1, 2)], 2).contains("before it is made"));
    assert!(told(vec![identity(0, 1), identity(0, 1)], 1).contains("made twice"));
    assert!(told(vec![identity(0, 0)], 0).contains("made twice"));
    assert!(told(vec![identity(0, 1)], 3).contains("before it is made"));
    assert!(plan_of(vec![identity(0, 1)], 1, 0).unwrap_err().message().contains("value 1 of 1"));
}

#[test]
fn what_a_branch_made_stays_in_it() {
    let branch = |to: Id| Graph::of(vec![identity(0, to)], vec![to]);
    let choice = |graphs| Step {
        op: op::by_name("If").unwrap(),
        inputs: vec![Some(0)],
        outputs: vec![Some(3)],
        attributes: Vec::new(),
        graphs,
        name: String::new(),
    };
    assert!(plan_of(vec![choice(vec![branch(1), branch(2)])], 4, 3).is_ok());
    let outside = plan_of(vec![choice(vec![branch(1), branch(2)]), identity(1, 4)], 5, 4);
    assert!(outside.unwrap_err().message().contains("outside of its branch"));
    let other = Graph::of(vec![identity(1, 2)], vec![2]);
    assert!(plan_of(vec![choice(vec![branch(1), other])], 4, 3).is_err());
    assert!(plan_of(vec![choice(vec![branch(1)])], 4, 3).is_err());
}

#[test]
fn branches_lie_in_one_another_only_so_deep() {
    let mut step = identity(0, 1);
    for id in 2..40 {
        let other = Graph::of(Vec::new(), vec![0]);
        let graphs = vec![Graph::of(vec![step], vec![id - 1]), other];
        let (inputs, outputs, attributes) = (vec![Some(0)], vec![Some(id)], Vec::new());
        step = Step { op: op::by_name("If").unwrap(), inputs, outputs, attributes, graphs, name: String::new() };
    }
    assert!(plan_of(vec![step], 40, 39).unwrap_err().message().contains("too deep"));
}
