//! Parameters as an entry declares them: name, type, default, range and one line of text. Checks, documentation and the
//! classes of Python and TypeScript follow from it.

use crate::component::{Params, Value};
use crate::error::{Error, Names, Number, Quoted, Result};

/// What values a parameter takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Type {
    /// True or false.
    Flag,
    /// A whole number of this range.
    Int(i64, i64),
    /// A finite number of this range.
    Float(f64, f64),
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A store key.
    Key,
    /// Any text.
    Text,
    /// A string of bytes.
    Bytes,
}

/// What stands where nothing was given.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Default {
    /// A flag.
    Flag(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// A word, a key or text.
    Text(&'static str),
    /// Nothing: the parameter is left out.
    Absent,
}

/// Where a parameter may be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// By a user, and written into files.
    Stored,
    /// By a user, as another way to say what a stored one says.
    Shorthand,
    /// By the codec alone, for a smaller picture: refused from users and files.
    Internal,
}

/// One parameter of a system or of a profile.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Param {
    /// Name, in snake_case.
    pub name: &'static str,
    /// Values.
    pub ty: Type,
    /// Default.
    pub default: Default,
    /// Where it may be given.
    pub usage: Use,
    /// One line for people: meaning and unit.
    pub text: &'static str,
}

const fn param(name: &'static str, ty: Type, default: Default, text: &'static str) -> Param {
    Param { name, ty, default, usage: Use::Stored, text: words(text) }
}

/// A line for people, who do not read it in a small module.
pub const fn words(text: &'static str) -> &'static str {
    if cfg!(feature = "extra") {
        text
    } else {
        ""
    }
}

impl Param {
    /// A flag.
    pub const fn flag(name: &'static str, default: bool, text: &'static str) -> Param {
        param(name, Type::Flag, Default::Flag(default), text)
    }

    /// A whole number from `least` to `most`.
    pub const fn int(name: &'static str, default: i64, least: i64, most: i64, text: &'static str) -> Param {
        param(name, Type::Int(least, most), Default::Int(default), text)
    }

    /// A number from `least` to `most`.
    pub const fn float(name: &'static str, default: f64, least: f64, most: f64, text: &'static str) -> Param {
        param(name, Type::Float(least, most), Default::Float(default), text)
    }

    /// One of `words`, the first of which is the default.
    pub const fn choice(name: &'static str, words: &'static [&'static str], text: &'static str) -> Param {
        param(name, Type::Choice(words), Default::Text(words[0]), text)
    }

    /// A store key.
    pub const fn key(name: &'static str, default: &'static str, text: &'static str) -> Param {
        param(name, Type::Key, Default::Text(default), text)
    }

    /// Any text, none by default.
    pub const fn text(name: &'static str, text: &'static str) -> Param {
        param(name, Type::Text, Default::Absent, text)
    }

    /// A string of bytes, none by default.
    pub const fn bytes(name: &'static str, text: &'static str) -> Param {
        param(name, Type::Bytes, Default::Absent, text)
    }

    /// The same without a default.
    pub const fn optional(self) -> Param {
        Param { default: Default::Absent, ..self }
    }

    /// The same as another way to say what stored ones say.
    pub const fn shorthand(self) -> Param {
        Param { usage: Use::Shorthand, ..self }
    }

    /// The same for the codec alone.
    pub const fn internal(self) -> Param {
        Param { usage: Use::Internal, ..self }
    }

    /// Its default as a value.
    pub fn default_value(&self) -> Option<Value> {
        match self.default {
            Default::Flag(v) => Some(Value::Bool(v)),
            Default::Int(v) => Some(Value::Int(v)),
            Default::Float(v) => Some(Value::Float(v)),
            Default::Text(v) => Some(Value::Text(v.to_string())),
            Default::Absent => None,
        }
    }

    fn checked(&self, value: &Value) -> Result<Value> {
        match (self.ty, value) {
            (Type::Flag, Value::Bool(_))
            | (Type::Key | Type::Text, Value::Text(_))
            | (Type::Bytes, Value::Bytes(_)) => Ok(value.clone()),
            (Type::Int(least, most), Value::Int(v)) if (least..=most).contains(v) => Ok(value.clone()),
            (Type::Int(least, most), Value::Int(v)) => {
                Err(Error::new("param.range", format!("{}={v}; from {least} to {most}", self.name)))
            }
            (Type::Float(..), Value::Int(v)) => self.checked(&Value::Float(*v as f64)),
            (Type::Float(least, most), Value::Float(v)) if (least..=most).contains(v) => Ok(value.clone()),
            (Type::Float(least, most), Value::Float(v)) => Err(out_of(self.name, *v, least, most)),
            (Type::Choice(words), Value::Text(v)) if words.contains(&v.as_str()) => Ok(value.clone()),
            (Type::Choice(words), Value::Text(v)) => {
                Err(Error::new("param.range", format!("{}={}; one of {}", self.name, Quoted(v), Names(words))))
            }
            _ => {
                let text = format!("{} must be {}, not {}", self.name, self.ty.words(), value.words());
                Err(Error::new("param.type", text))
            }
        }
    }
}

impl Type {
    fn words(self) -> &'static str {
        match self {
            Type::Flag => "true or false",
            Type::Int(..) => "a whole number",
            Type::Float(..) => "a number",
            Type::Choice(_) | Type::Key | Type::Text => "text",
            Type::Bytes => "bytes",
        }
    }
}

fn out_of(name: &str, value: f64, least: f64, most: f64) -> Error {
    Error::new("param.range", format!("{name}={}; from {} to {}", Number(value), Number(least), Number(most)))
}

/// Who gives parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Giver {
    /// A user: stored parameters and shorthands.
    User,
    /// A file: stored ones.
    File,
    /// The codec: stored and internal ones.
    Codec,
}

impl Giver {
    fn may(self, usage: Use) -> bool {
        match usage {
            Use::Stored => true,
            Use::Shorthand => self == Giver::User,
            Use::Internal => self == Giver::Codec,
        }
    }
}

/// `given`, checked against `schema`, with the defaults of what is stored, in the schema's order. `place` names who has the
/// parameters.
///
/// # Errors
/// `param.unknown`, `param.type`, `param.range`.
pub fn complete(place: &str, schema: &[Param], given: &Params, giver: Giver) -> Result<Params> {
    check(place, schema, given, giver)?;
    let mut params = Params::new();
    for param in schema {
        let value = match given.get(param.name) {
            Some(value) => Some(param.checked(value)?),
            None if param.usage == Use::Stored => param.default_value(),
            None => None,
        };
        if let Some(value) = value {
            params = params.with(param.name, value);
        }
    }
    Ok(params)
}

/// Refuses names that the schema has not.
fn check(place: &str, schema: &[Param], given: &Params, giver: Giver) -> Result<()> {
    let known = || schema.iter().filter(|p| giver.may(p.usage)).map(|p| p.name);
    match given.iter().find(|(name, _)| !known().any(|k| k == *name)) {
        None => Ok(()),
        Some((name, _)) => {
            let known: Vec<_> = known().collect();
            let text = format!("{place} has no parameter {}; it has: {}", Quoted(name), Names(&known));
            Err(Error::new("param.unknown", text))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEMA: &[Param] = &[
        Param::int("levels", 4, 0, 30, "splits"),
        Param::float("step", 1.0, 0.0, 2.0, "step"),
        Param::flag("per_band", false, "bands").shorthand(),
        Param::choice("per", &["tensor", "band"], "what shares a scale"),
        Param::int("reduced", 0, 0, 30, "splits lost").internal(),
    ];

    fn code(given: Params, giver: Giver) -> String {
        complete("X", SCHEMA, &given, giver).map_or_else(|e| e.code().into(), |p| p.to_string())
    }

    #[test]
    fn what_is_given_is_checked_and_completed() {
        let p = |name: &str, value| Params::new().with(name, value);
        assert_eq!(code(Params::new(), Giver::File), "levels=4, step=1, per=\"tensor\"");
        assert_eq!(code(p("step", Value::Int(2)), Giver::User), "levels=4, step=2, per=\"tensor\"");
        assert_eq!(code(p("levels", Value::Int(31)), Giver::User), "param.range");
        assert_eq!(code(p("step", Value::Float(f64::NAN)), Giver::User), "param.range");
        assert_eq!(code(p("per", Value::Text("row".into())), Giver::User), "param.range");
        assert_eq!(code(p("levels", Value::Float(1.0)), Giver::User), "param.type");
        assert_eq!(code(p("level", Value::Int(1)), Giver::User), "param.unknown");
        assert_eq!(code(p("per_band", Value::Bool(true)), Giver::File), "param.unknown");
        assert_eq!(code(p("reduced", Value::Int(1)), Giver::User), "param.unknown");
        assert_eq!(code(p("reduced", Value::Int(1)), Giver::Codec), "levels=4, step=1, per=\"tensor\", reduced=1");
    }
}
