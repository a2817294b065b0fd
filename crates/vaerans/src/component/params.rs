//! A step's parameters: a short ordered list of named values, written into files as they are.

use crate::error::{Error, Names, Quoted, Result};
use crate::wire::{Reader, Writer};

/// One parameter's value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A float.
    Float(f64),
    /// Text.
    Text(String),
}

/// Named values in the order they were given.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Params(Vec<(String, Value)>);

const MAX_PARAMS: u64 = 64;
const MAX_TEXT: u64 = 1 << 20;

impl Params {
    /// No parameters.
    pub fn new() -> Params {
        Params::default()
    }

    /// The same with one more (or another) value.
    pub fn with(mut self, name: &str, value: Value) -> Params {
        self.0.retain(|(n, _)| n != name);
        self.0.push((name.to_string(), value));
        self
    }

    /// Names and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(n, v)| (n.as_str(), v))
    }

    /// The value called `name`.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, v)| v)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A whole number, or `default`, checked against `range`.
    ///
    /// # Errors
    /// `param.type`, `param.range`.
    pub fn int(&self, name: &str, default: i64, range: std::ops::RangeInclusive<i64>) -> Result<i64> {
        let value = match self.get(name) {
            None => default,
            Some(Value::Int(v)) => *v,
            Some(other) => return Err(wrong_type(name, "a whole number", other)),
        };
        if range.contains(&value) {
            return Ok(value);
        }
        let text = format!("{name}={value}; from {} to {}", range.start(), range.end());
        Err(Error::new("param.range", text))
    }

    /// A float, or `default`, that is finite and inside `range`.
    ///
    /// # Errors
    /// `param.type`, `param.range`.
    pub fn float(&self, name: &str, default: f64, range: std::ops::RangeInclusive<f64>) -> Result<f64> {
        let value = match self.get(name) {
            None => default,
            Some(Value::Int(v)) => *v as f64,
            Some(Value::Float(v)) => *v,
            Some(other) => return Err(wrong_type(name, "a number", other)),
        };
        if range.contains(&value) {
            return Ok(value);
        }
        Err(Error::new("param.range", out_of(name, value, &range)))
    }

    /// A flag, or `default`.
    ///
    /// # Errors
    /// `param.type`.
    pub fn flag(&self, name: &str, default: bool) -> Result<bool> {
        match self.get(name) {
            None => Ok(default),
            Some(Value::Bool(v)) => Ok(*v),
            Some(other) => Err(wrong_type(name, "true or false", other)),
        }
    }

    /// Text, or `default`.
    ///
    /// # Errors
    /// `param.type`.
    pub fn text<'a>(&'a self, name: &str, default: &'a str) -> Result<&'a str> {
        match self.get(name) {
            None => Ok(default),
            Some(Value::Text(v)) => Ok(v),
            Some(other) => Err(wrong_type(name, "text", other)),
        }
    }

    /// Refuses names outside `known`.
    ///
    /// # Errors
    /// `param.unknown`.
    pub fn only(&self, system: &str, known: &[&str]) -> Result<()> {
        match self.0.iter().find(|(n, _)| !known.contains(&n.as_str())) {
            None => Ok(()),
            Some((name, _)) => {
                let text = format!("{system} has no parameter {}; it has: {}", Quoted(name), Names(known));
                Err(Error::new("param.unknown", text))
            }
        }
    }

    /// Writes the list: a count, then name, tag and value of each.
    pub fn write(&self, w: &mut Writer) {
        w.varint(self.0.len() as u64);
        for (name, value) in &self.0 {
            w.text(name);
            match value {
                Value::Bool(v) => w.u8(*v as u8),
                Value::Int(v) => {
                    w.u8(2);
                    w.signed(*v);
                }
                Value::Float(v) => {
                    w.u8(3);
                    w.u64(v.to_bits());
                }
                Value::Text(v) => {
                    w.u8(4);
                    w.text(v);
                }
            }
        }
    }

    /// Reads what [`Params::write`] wrote.
    ///
    /// # Errors
    /// `stream.truncated`, `stream.invalid`.
    pub fn read(r: &mut Reader) -> Result<Params> {
        let n = r.count(MAX_PARAMS, "parameters")?;
        let mut params = Params::new();
        for _ in 0..n {
            let name = r.text(256)?;
            let value = match r.u8()? {
                0 => Value::Bool(false),
                1 => Value::Bool(true),
                2 => Value::Int(r.signed()?),
                3 => Value::Float(f64::from_bits(r.u64()?)),
                4 => Value::Text(r.text(MAX_TEXT)?.to_string()),
                tag => return Err(r.invalid(&format!("parameter tag {tag}"))),
            };
            params = params.with(name, value);
        }
        Ok(params)
    }
}

fn wrong_type(name: &str, expected: &str, got: &Value) -> Error {
    let kind = match got {
        Value::Bool(_) => "true or false",
        Value::Int(_) => "a whole number",
        Value::Float(_) => "a float",
        Value::Text(_) => "text",
    };
    Error::new("param.type", format!("{name} must be {expected}, not {kind}"))
}

#[cfg(feature = "extra")]
fn out_of(name: &str, value: f64, range: &std::ops::RangeInclusive<f64>) -> String {
    format!("{name}={value}; from {} to {}", range.start(), range.end())
}

/// What prints floats is a tenth of a small module, whose parameters come from files or from a quality.
#[cfg(not(feature = "extra"))]
fn out_of(name: &str, _: f64, _: &std::ops::RangeInclusive<f64>) -> String {
    format!("{name} is out of its range")
}

impl std::fmt::Display for Params {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, (name, value)) in self.iter().enumerate() {
            let comma = if i == 0 { "" } else { ", " };
            match value {
                Value::Bool(v) => write!(f, "{comma}{name}={}", if *v { "True" } else { "False" })?,
                Value::Int(v) => write!(f, "{comma}{name}={v}")?,
                Value::Float(v) => write!(f, "{comma}{name}={v}")?,
                Value::Text(v) => write!(f, "{comma}{name}={}", Quoted(v))?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_survives_the_wire() {
        let params = Params::new()
            .with("levels", Value::Int(4))
            .with("per_band", Value::Bool(true))
            .with("sigma", Value::Float(1.5))
            .with("model", Value::Text("sdxl-vae".into()));
        let mut w = Writer::new();
        params.write(&mut w);
        let bytes = w.into_vec();
        assert_eq!(Params::read(&mut Reader::new(&bytes, "t")).unwrap(), params);
        for n in 0..bytes.len() {
            assert!(Params::read(&mut Reader::new(&bytes[..n], "t")).is_err());
        }
    }

    #[test]
    fn values_are_checked() {
        let p = Params::new().with("levels", Value::Int(40));
        assert_eq!(p.int("levels", 4, 0..=32).unwrap_err().code(), "param.range");
        assert_eq!(p.text("levels", "").unwrap_err().code(), "param.type");
        assert_eq!(p.only("WaveletCDF53", &["level"]).unwrap_err().code(), "param.unknown");
    }
}
