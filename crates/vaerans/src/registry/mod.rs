//! The registry: what systems there are. One line for each, which names the file that holds it; from the file's `ENTRY`
//! follow number and names in files and languages, documentation, laws and golden cases.

pub mod entry;
pub mod keys;
pub mod schema;

pub use entry::{Build, Direction, Entry, Exactness, Family, Levels, Read, Reduced, Role};

use crate::component::{Kind, Params, StepRecord};
use crate::ecs::Native;
use crate::error::{Error, Names, Quoted, Result};

/// First number of the range that is for systems of users.
pub const PRIVATE: u16 = 0x8000;

/// Declares the files of a family, a line each, and gathers their entries: `ENTRIES`.
macro_rules! systems {
    ($($(#[$on:meta])? mod $module:ident;)*) => {
        $( $(#[$on])? pub mod $module; )*
        /// The entries of this family.
        pub static ENTRIES: &[&$crate::registry::Entry] = &[$($(#[$on])? &$module::ENTRY,)*];
    };
}
pub(crate) use systems;

/// A list of entries, family by family. Whoever plans or opens files is given one.
pub struct Registry {
    /// The entries of each family.
    pub families: &'static [&'static [&'static Entry]],
}

impl std::fmt::Debug for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter().map(|e| e.name)).finish()
    }
}

impl Registry {
    /// Every entry.
    pub fn iter(&self) -> impl Iterator<Item = &'static Entry> + '_ {
        self.families.iter().flat_map(|f| f.iter().copied())
    }

    /// The entry of a file's number.
    pub fn by_number(&self, number: u16) -> Option<&'static Entry> {
        self.iter().find(|e| e.number == number)
    }

    /// The entry of a step of a file; none for a private number, which only its writer knows.
    ///
    /// # Errors
    /// `pipe.unknown_system` for any other number that is not here.
    pub fn of_file(&self, number: u16) -> Result<Option<&'static Entry>> {
        match self.by_number(number) {
            None if number < PRIVATE => {
                let text = format!("step number {number} is not in this build's registry");
                Err(Error::new("pipe.unknown_system", text))
            }
            found => Ok(found),
        }
    }

    /// Whether only a caller can undo the steps of this number.
    pub fn is_foreign(&self, number: u16) -> bool {
        number >= PRIVATE || self.by_number(number).is_some_and(Entry::is_foreign)
    }

    /// The entry and direction of a public class name.
    ///
    /// # Errors
    /// `param.unknown` with the names there are.
    pub fn by_name(&self, name: &str) -> Result<(&'static Entry, Direction)> {
        let found = self.iter().find_map(|e| match () {
            _ if e.name == name => Some((e, Direction::Forward)),
            _ if e.inverse_name == Some(name) => Some((e, Direction::Inverse)),
            _ => None,
        });
        found.ok_or_else(|| {
            let names: Vec<_> = self.iter().map(|e| e.name).collect();
            Error::new("param.unknown", format!("no system is called {}; there are {}", Quoted(name), Names(&names)))
        })
    }

    /// The step of a public class name.
    ///
    /// # Errors
    /// `param.*` for unknown names or wrong parameters, `unavailable.feature` for what this build does not run.
    pub fn step(&self, name: &str, params: &Params) -> Result<Native> {
        let (entry, direction) = self.by_name(name)?;
        if !entry.runs(direction) {
            return Err(entry.left_out(direction));
        }
        match direction {
            Direction::Forward => Native::forward(entry, params),
            Direction::Inverse => Native::inverse(entry, params),
        }
    }

    /// The step of this library that undoes a step of a history; none for those that only a caller can undo.
    ///
    /// # Errors
    /// `pipe.unknown_system` for a number that is not here, `pipe.no_inverse`.
    pub fn inverse_of(&self, record: &StepRecord) -> Result<Option<Native>> {
        let found = self.of_file(record.number)?.filter(|_| !self.is_foreign(record.number));
        found.map(|entry| Native::inverse(entry, &Params::new())).transpose()
    }

    /// Names of the systems that turn something into `key`: hints for messages.
    pub fn makers_of_key(&self, key: &str) -> Vec<&'static str> {
        let inverse_makes = |e: &Entry| key == keys::RECON && e.takes.contains(&Kind::Image);
        let name = |e: &'static Entry| match () {
            _ if e.key == key => Some(e.name),
            _ if inverse_makes(e) => e.inverse_name,
            _ => None,
        };
        self.iter().filter_map(name).collect()
    }

    /// Names of the systems that turn `from` into one of `kinds`.
    pub fn makers(&self, kinds: &[Kind], from: Kind) -> Vec<&'static str> {
        let inverse = |e: &'static Entry| {
            let undoes = e.gives == from && e.takes.iter().any(|k| kinds.contains(k));
            e.inverse_name.filter(|_| undoes)
        };
        let forwards = self.iter().filter(|e| kinds.contains(&e.gives) && e.takes.contains(&from)).map(|e| e.name);
        forwards.chain(self.iter().filter_map(inverse)).collect()
    }
}
