//! How each convolution of 3 by 3 taps is worked out: all ways are timed step by step, in two runs.

use super::search::{Search, LESS};
use super::{outputs, prepared, Choice, Clock, Optimizer};
use crate::error::Result;
use crate::nn::memory::Bytes;
use crate::nn::op;
use crate::nn::plan::{Form, Graph, Id, Plan, Value, Weight};
use std::collections::BTreeMap;

/// Weights that can be packed in either way.
pub(super) fn is_open(weight: &Weight) -> bool {
    matches!(weight.form, Form::Winograd | Form::Panels(1)) && weight.shape.rank() == 4 && weight.shape[..2] == [3, 3]
}

/// Each such weight with its other form; one that several steps read is left.
fn others(plan: &Plan) -> Vec<(Id, Form)> {
    let mut readers = BTreeMap::new();
    count(&plan.graph, &mut readers);
    readers.extend(plan.outputs.iter().map(|output| (output.value, None)));
    let other = |(id, may_turn): (&Id, &Option<bool>)| match &plan.values[*id as usize] {
        Value::Weight(weight) if is_open(weight) && *may_turn == Some(true) => {
            let form = if weight.form == Form::Winograd { Form::Panels(1) } else { Form::Winograd };
            Some((*id, form))
        }
        _ => None,
    };
    readers.iter().filter_map(other).collect()
}

/// For each value whether the one step that reads it is a convolution that may be worked out either way; none where there are several.
fn count(graph: &Graph, readers: &mut BTreeMap<Id, Option<bool>>) {
    for step in &graph.steps {
        for (i, id) in step.inputs.iter().enumerate().filter_map(|(i, id)| Some((i, (*id)?))) {
            let may_turn = i == 1 && op::is_plain_convolution(step);
            readers.entry(id).and_modify(|known| *known = None).or_insert(Some(may_turn));
        }
        readers.extend(step.graphs.iter().flat_map(|graph| graph.results.iter().map(|&id| (id, None))));
        step.graphs.iter().for_each(|graph| count(graph, readers));
    }
}

impl Optimizer<'_> {
    /// Seconds of the steps that read each weight, the fewest.
    fn by_weight(&self, choice: &Choice, inputs: &[Bytes], clock: Clock) -> Result<BTreeMap<Id, f64>> {
        let mut session = self.session(choice)?;
        let (specs, mut blocks) = prepared(&mut session, inputs)?;
        session.run(inputs, &mut outputs(&specs, &mut blocks)?)?;
        let factors: Vec<_> = session.steps().into_iter().map(|step| step.factor).collect();
        let mut fewest = vec![f64::INFINITY; factors.len()];
        self.repeat(clock, |clock| {
            let mut times = vec![0.0; factors.len()];
            let mut last = clock();
            session.run_watched(inputs, &mut outputs(&specs, &mut blocks)?, &mut |step| {
                let now = clock();
                times[step] += now - last;
                last = now;
            })?;
            fewest.iter_mut().zip(times).filter(|(_, t)| *t > 0.0).for_each(|(f, t)| *f = f.min(t));
            Ok(())
        })?;
        Ok(factors.into_iter().zip(fewest).filter_map(|(id, t)| Some((id?, t))).collect())
    }
}

impl Search<'_, '_> {
    /// Each convolution as it is faster.
    pub(super) fn forms(&mut self) {
        if self.flow.is_break() {
            return;
        }
        let others = others(&self.optimizer.plan);
        let other = Choice { forms: others.clone(), ..self.best.clone() };
        let mut timed = |choice| self.optimizer.by_weight(choice, self.inputs, self.clock);
        let (Ok(now), Ok(then)) = (timed(&self.best), timed(&other)) else { return };
        let is_faster = |id: &Id| matches!((now.get(id), then.get(id)), (Some(now), Some(then)) if *then < LESS * now);
        let forms: Vec<_> = others.into_iter().filter(|(id, _)| is_faster(id)).collect();
        if !forms.is_empty() {
            self.attempt(format!("forms of {} weights", forms.len()), Choice { forms, ..self.best.clone() });
        }
    }
}
