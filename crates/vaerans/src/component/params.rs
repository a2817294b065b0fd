//! A step's parameters: a short ordered list of named values, written into files as they are.

use crate::error::{Number, Quoted, Result};
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
    /// A string of bytes.
    Bytes(Vec<u8>),
}

impl Value {
    /// Its type in words, for messages.
    pub fn words(&self) -> &'static str {
        match self {
            Value::Bool(_) => "true or false",
            Value::Int(_) => "a whole number",
            Value::Float(_) => "a float",
            Value::Text(_) => "text",
            Value::Bytes(_) => "bytes",
        }
    }
}

impl From<bool> for Value {
    fn from(v: bool) -> Value {
        Value::Bool(v)
    }
}

impl From<i64> for Value {
    fn from(v: i64) -> Value {
        Value::Int(v)
    }
}

impl From<f64> for Value {
    fn from(v: f64) -> Value {
        Value::Float(v)
    }
}

impl From<&str> for Value {
    fn from(v: &str) -> Value {
        Value::Text(v.to_string())
    }
}

/// Named values in the order they were given.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Params(Vec<(String, Value)>);

const MAX_PARAMS: u64 = 64;
/// Most bytes of a parameter's name.
const MAX_NAME: u64 = 256;
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

    /// The whole number called `name`; 0 where there is none. Parameters of a step are complete and checked
    /// ([`crate::registry::schema::complete`]).
    pub fn int(&self, name: &str) -> i64 {
        match self.get(name) {
            Some(Value::Int(v)) => *v,
            _ => 0,
        }
    }

    /// The number called `name`, as [`Params::int`].
    pub fn float(&self, name: &str) -> f64 {
        match self.get(name) {
            Some(Value::Float(v)) => *v,
            Some(Value::Int(v)) => *v as f64,
            _ => 0.0,
        }
    }

    /// The flag called `name`, as [`Params::int`].
    pub fn flag(&self, name: &str) -> bool {
        matches!(self.get(name), Some(Value::Bool(true)))
    }

    /// The text called `name`; empty where there is none.
    pub fn text(&self, name: &str) -> &str {
        match self.get(name) {
            Some(Value::Text(v)) => v,
            _ => "",
        }
    }

    /// The `N` bytes called `name`; none where there is no such value, or one of another length.
    pub fn array<const N: usize>(&self, name: &str) -> Option<[u8; N]> {
        match self.get(name) {
            Some(Value::Bytes(v)) => v[..].try_into().ok(),
            _ => None,
        }
    }

    /// The same with another value in the place of the one called `name`; without change where there is none.
    pub fn replaced(mut self, name: &str, value: Value) -> Params {
        if let Some((_, v)) = self.0.iter_mut().find(|(n, _)| n == name) {
            *v = value;
        }
        self
    }

    /// These without the value called `name`.
    pub fn without(mut self, name: &str) -> Params {
        self.0.retain(|(n, _)| n != name);
        self
    }

    /// Writes the list: a count, then name, tag and value of each.
    pub fn write(&self, w: &mut Writer) {
        w.count(self.0.len(), MAX_PARAMS, "parameters");
        for (name, value) in &self.0 {
            w.text(name, MAX_NAME);
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
                    w.text(v, MAX_TEXT);
                }
                Value::Bytes(v) => {
                    w.u8(5);
                    w.count(v.len(), MAX_TEXT, "bytes of a parameter");
                    w.bytes(v);
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
            let name = r.text(MAX_NAME)?;
            let value = match r.u8()? {
                0 => Value::Bool(false),
                1 => Value::Bool(true),
                2 => Value::Int(r.signed()?),
                3 => Value::Float(f64::from_bits(r.u64()?)),
                4 => Value::Text(r.text(MAX_TEXT)?.to_string()),
                5 => {
                    let n = r.count(MAX_TEXT, "bytes of a parameter")?;
                    Value::Bytes(r.bytes(n)?.to_vec())
                }
                tag => return Err(r.invalid(&format!("parameter tag {tag}"))),
            };
            params = params.with(name, value);
        }
        Ok(params)
    }
}

impl std::fmt::Display for Params {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, (name, value)) in self.iter().enumerate() {
            let comma = if i == 0 { "" } else { ", " };
            match value {
                Value::Bool(v) => write!(f, "{comma}{name}={}", if *v { "True" } else { "False" })?,
                Value::Int(v) => write!(f, "{comma}{name}={v}")?,
                Value::Float(v) => write!(f, "{comma}{name}={}", Number(*v))?,
                Value::Text(v) => write!(f, "{comma}{name}={}", Quoted(v))?,
                Value::Bytes(v) => write!(f, "{comma}{name}={} bytes", v.len())?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_array_is_bytes_of_its_length() {
        let params = Params::new().with("hash", Value::Bytes(vec![1, 2, 3])).with("levels", Value::Int(3));
        assert_eq!(params.array("hash"), Some([1, 2, 3]));
        assert_eq!(params.array::<4>("hash"), None);
        assert_eq!([params.array::<3>("levels"), params.array::<3>("other")], [None, None]);
    }

    #[test]
    fn a_list_survives_the_wire() {
        let params = Params::new()
            .with("levels", Value::Int(4))
            .with("per_band", Value::Bool(true))
            .with("sigma", Value::Float(1.5))
            .with("model", Value::Text("sdxl-vae".into()))
            .with("hash", Value::Bytes(vec![0, 255, 7]));
        let mut w = Writer::new();
        params.write(&mut w);
        let bytes = w.into_vec();
        assert_eq!(Params::read(&mut Reader::new(&bytes, "t")).unwrap(), params);
        for n in 0..bytes.len() {
            assert!(Params::read(&mut Reader::new(&bytes[..n], "t")).is_err());
        }
    }
}
