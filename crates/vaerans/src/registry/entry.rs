//! A line of the registry. It says everything about a pair of systems that is not their work: number, names, keys, kinds,
//! parameters, what their results are, and what they do at a reduced scale.

use super::schema::{complete, Giver, Param};
use crate::component::{Kind, Params, Value};
use crate::ecs::{Need, Past, System, TensorType, Ty};
use crate::error::{Error, Result};
use std::sync::Arc;

/// What sort of step an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// Colour transforms.
    Color,
    /// Channel and spatial transforms.
    Transform,
    /// Quantisers.
    Quantizer,
    /// Entropy coders.
    Coder,
    /// Learned analysis and synthesis, run by the caller.
    Network,
    /// Filters and residuals beside the main path.
    Filter,
    /// Quality metrics.
    Metric,
}

impl Family {
    /// Its name in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Family::Color => "color",
            Family::Transform => "transform",
            Family::Quantizer => "quantizer",
            Family::Coder => "coder",
            Family::Network => "network",
            Family::Filter => "filter",
            Family::Metric => "metric",
        }
    }
}

/// Which of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Samples towards bytes (and everything that has no inverse).
    Forward,
    /// Bytes towards samples.
    Inverse,
}

/// When the inverse gives back exactly what the forward step took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exactness {
    /// Always.
    Always,
    /// On integers.
    Integers,
    /// Unless this flag is set.
    Unless(&'static str),
    /// Of pictures without alpha, unless this flag is set; alpha is left out.
    ColourUnless(&'static str),
    /// Within this many units: 0 is exactly.
    Within(&'static str),
    /// Never.
    Never,
}

impl Exactness {
    /// Whether a step with these parameters on an input of this type is exact.
    pub fn holds(self, params: &Params, input: &TensorType) -> bool {
        match self {
            Exactness::Always => true,
            Exactness::Integers => input.dtype.is_some_and(|d| d.is_integer()),
            Exactness::Unless(flag) => !params.flag(flag),
            Exactness::ColourUnless(flag) => {
                let has_alpha = input.shape.as_ref().and_then(|s| s.last()).is_some_and(|channels| channels % 2 == 0);
                !params.flag(flag) && !has_alpha
            }
            Exactness::Within(bound) => params.int(bound) == 0,
            Exactness::Never => false,
        }
    }
}

/// What a step does for a picture of which only the coarse levels are decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reduced {
    /// It cannot: its result would have another size than the smaller picture.
    Never,
    /// It works on the smaller picture as on any other.
    Same,
    /// Its parameter `levels` loses the splits that are left out.
    Levels,
    /// Its internal parameter `reduced` counts the splits that are left out.
    Counted,
}

/// What the sections are that a coder makes of a tile, and how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Levels {
    /// Levels of resolution, one more than the splits that it sees.
    Splits,
    /// Levels of resolution, as many as its own rules say; it looks itself.
    Own,
    /// Layers of what it codes, which its model knows.
    Layers,
    /// Slices of rows, from the top; it looks itself.
    Rows,
}

impl Levels {
    /// What one of them is.
    pub fn name(self) -> &'static str {
        match self {
            Levels::Splits | Levels::Own => "resolution",
            Levels::Layers => "layer",
            Levels::Rows => "rows",
        }
    }
}

/// What a file's stream is to its picture, when its first step is this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Role {
    /// The picture or tensor itself.
    Main = 0,
    /// What is added to the picture of the streams before it.
    Residual = 1,
    /// Something of the writer's own beside it, which no decoder needs.
    Other = 2,
}

impl Role {
    /// The role of a number of the file format.
    pub fn from_number(number: u8) -> Option<Role> {
        [Role::Main, Role::Residual, Role::Other].into_iter().find(|r| *r as u8 == number)
    }
}

/// Where an input comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Read {
    /// The pipe's cursor.
    Cursor,
    /// The newest component under the key that this parameter names.
    Key(&'static str),
}

/// Builds what runs in one direction, with parameters that are complete.
pub type Build = fn(&Params) -> Result<Arc<dyn System>>;

/// Element type and shape of a forward step's result; refuses inputs that the step cannot take.
pub type Infer = fn(&Params, &[Arc<Ty>]) -> Result<TensorType>;

/// Refuses inputs that an inverse cannot take beyond what the plan finds by itself.
pub type CheckInverse = fn(&Params, &Past, &[Arc<Ty>]) -> Result<()>;

/// A line of the registry.
pub struct Entry {
    /// Number in files; never used again. From [`super::PRIVATE`] on they are users'.
    pub number: u16,
    /// Public class name of the forward system.
    pub name: &'static str,
    /// Public class name of its inverse; none where there is no inverse.
    pub inverse_name: Option<&'static str>,
    /// What sort of step.
    pub family: Family,
    /// Kinds the forward system takes.
    pub takes: &'static [Kind],
    /// Kind it gives.
    pub gives: Kind,
    /// Store key of what it gives.
    pub key: &'static str,
    /// Its parameters, in the order that files store them.
    pub params: &'static [Param],
    /// Parameters that files leave out where the step before has the same.
    pub inherits: &'static [&'static str],
    /// Parameters that a user gave, as files store them.
    pub canonical: fn(Params) -> Result<Params>,
    /// Inputs of the forward system.
    pub reads: &'static [Read],
    /// Inputs of the inverse.
    pub inverse_reads: &'static [Read],
    /// Type of the forward system's result.
    pub infer: Infer,
    /// What the inverse refuses.
    pub check_inverse: CheckInverse,
    /// When the pair is exact.
    pub exact: Exactness,
    /// What it does for a smaller picture.
    pub reduced: Reduced,
    /// Whether it works on a whole picture: a file's tiles are cut of what it makes.
    pub is_whole: bool,
    /// Sections of what it codes.
    pub levels: Levels,
    /// What a stream behind it is.
    pub role: Role,
    /// Builds the forward system; none where this build leaves it out, or only a caller can run it.
    pub forward: Option<Build>,
    /// Builds the inverse.
    pub inverse: Option<Build>,
    /// One line for people.
    pub summary: &'static str,
}

/// The first input's type.
fn same(_: &Params, inputs: &[Arc<Ty>]) -> Result<TensorType> {
    Ok(inputs[0].tensor.clone())
}

impl Entry {
    /// What most entries have: a transform that reads the cursor and keeps type and shape, without parameters.
    pub const BASE: Entry = Entry {
        number: 0,
        name: "",
        inverse_name: None,
        family: Family::Transform,
        takes: &[],
        gives: Kind::Foreign,
        key: "",
        params: &[],
        inherits: &[],
        canonical: Ok,
        reads: &[Read::Cursor],
        inverse_reads: &[Read::Cursor],
        infer: same,
        check_inverse: |_, _, _| Ok(()),
        exact: Exactness::Never,
        reduced: Reduced::Never,
        is_whole: false,
        levels: Levels::Splits,
        role: Role::Main,
        forward: None,
        inverse: None,
        summary: "",
    };

    /// An entry that the profile `photo` does without: a build without the feature `extra` knows of it what a header needs, and no more.
    pub const fn extra(self) -> Entry {
        self.kept_if(cfg!(feature = "extra"))
    }

    /// An entry of which a build knows no more than a header needs, unless it is kept.
    pub const fn kept_if(self, is_kept: bool) -> Entry {
        if is_kept {
            return self;
        }
        let Entry { number, name, inverse_name, family, takes, gives, key, exact, is_whole, levels, role, .. } = self;
        Entry { number, name, inverse_name, family, takes, gives, key, exact, is_whole, levels, role, ..Entry::BASE }
    }

    /// Name of the forward system or of the inverse.
    pub fn name_of(&self, direction: Direction) -> &'static str {
        match (direction, self.inverse_name) {
            (Direction::Inverse, Some(name)) => name,
            _ => self.name,
        }
    }

    /// Whether this build knows no more of the pair than its names, so that neither its parameters nor what it makes can be checked.
    pub fn is_left_out(&self) -> bool {
        self.is_recorded() && self.inverse.is_none() && !self.is_foreign()
    }

    /// Whether it runs only where the caller provides it.
    pub fn is_foreign(&self) -> bool {
        self.family == Family::Network && self.inverse.is_none()
    }

    /// Whether the step belongs into histories: it has an inverse.
    pub fn is_recorded(&self) -> bool {
        self.inverse_name.is_some()
    }

    /// Parameters, checked, with defaults, as files store them.
    ///
    /// # Errors
    /// `param.*`.
    pub fn complete(&self, given: &Params, giver: Giver) -> Result<Params> {
        (self.canonical)(complete(self.name, self.params, given, giver)?)
    }

    /// What the user of an inverse said, as files store it, without defaults.
    pub(crate) fn said(&self, given: &Params) -> Result<Params> {
        let all = self.complete(given, Giver::User)?;
        let is_said = |name: &str| given.get(name).is_some() || all.get(name).is_some_and(|v| self.default(name) != *v);
        Ok(all.iter().filter(|(n, _)| is_said(n)).fold(Params::new(), |p, (n, v)| p.with(n, v.clone())))
    }

    fn default(&self, name: &str) -> Value {
        let all = self.complete(&Params::new(), Giver::User).unwrap_or_default();
        all.get(name).cloned().unwrap_or(Value::Bool(false))
    }

    /// Whether this parameter must be the same in an inverse: not if it names a key.
    pub(crate) fn decides(&self, name: &str) -> bool {
        self.params.iter().any(|p| p.name == name && p.ty != super::schema::Type::Key)
    }

    /// Inputs in one direction.
    pub fn needs(&self, direction: Direction, params: &Params) -> Vec<Need> {
        let (reads, first): (_, &[Kind]) = match direction {
            Direction::Forward => (self.reads, self.takes),
            Direction::Inverse => (self.inverse_reads, std::slice::from_ref(&self.gives)),
        };
        let key = |name: &'static str| match params.get(name) {
            Some(Value::Text(key)) => key.clone(),
            _ => match self.params.iter().find(|p| p.name == name).and_then(Param::default_value) {
                Some(Value::Text(key)) => key,
                _ => String::new(),
            },
        };
        let need = |read: &Read| match *read {
            Read::Cursor => Need::cursor(first),
            Read::Key(name) => Need::key(name, &key(name), self.takes),
        };
        reads.iter().map(need).collect()
    }

    /// Whether this build runs it in one direction.
    pub fn runs(&self, direction: Direction) -> bool {
        match direction {
            Direction::Forward => self.forward.is_some(),
            Direction::Inverse => self.inverse.is_some(),
        }
    }

    /// The error of a direction that this build does not run.
    pub(crate) fn left_out(&self, direction: Direction) -> Error {
        let text = match self.is_foreign() {
            true => "runs only where the caller provides it (Python: onnxruntime)",
            false => "is left out of this build",
        };
        Error::new("unavailable.feature", format!("{} {text}", self.name_of(direction)))
    }
}

/// The builder of a forward system: a build without the feature `encode` knows its name alone.
pub const fn encoder(build: Build) -> Option<Build> {
    if cfg!(feature = "encode") {
        Some(build)
    } else {
        None
    }
}

/// The builder of an inverse: a build without the feature `decode` knows its name alone.
pub const fn decoder(build: Build) -> Option<Build> {
    if cfg!(feature = "decode") {
        Some(build)
    } else {
        None
    }
}
