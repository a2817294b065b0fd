//! The planes of a tile while it is coded: their last rows, and what their tables have become.

use super::header::Head;
use super::model::{complete, taps, Kind, Model};
use super::Shape;
use crate::arena::zeros;
use crate::error::Result;
use vaerans_kernels::lossless::{Line, Row, Scratch, Setting, CLASSES, COEFFICIENTS, COLUMNS};

/// Rows that are kept. At most 5 are needed: two above, and as many as planes run behind each other.
const KEPT: usize = 8;
/// Activities where classes end, and the least difference of two directions: of samples, and of differences (which look at more).
const LIMITS: [[i32; 4]; 2] = [[12, 30, 70, 2], [20, 50, 117, 3]];

/// The last rows of a plane.
struct Plane {
    lines: [Line; KEPT],
    scratch: Scratch,
    tables: Vec<u16>,
    coefficients: Vec<i32>,
    kind: usize,
}

/// All planes of a tile.
pub struct Planes<'m> {
    shape: Shape,
    setting: Setting,
    scale: u32,
    model: &'m Model,
    zero: Line,
    /// Coefficients of the first row: the sample to the left.
    plain: Vec<i32>,
    planes: Vec<Plane>,
}

/// A row that is worked on, out of its plane.
pub struct Taken {
    pub plane: usize,
    pub y: usize,
    pub line: Line,
    scratch: Scratch,
    tables: Vec<u16>,
}

impl<'m> Planes<'m> {
    pub fn new(model: &'m Model, shape: Shape, head: &Head, most: i32) -> Result<Planes<'m>> {
        let planes = head.planes.iter().enumerate().map(|(i, plane)| {
            let kind = shape.kind(i);
            let usual = model.0[kind].coefficients.chunks_exact(taps(kind));
            let classes = usual.zip(&plane.fitted).map(|(usual, fitted)| fitted.as_deref().unwrap_or(usual));
            let coefficients = classes.flat_map(|c| complete(c, kind)).collect();
            Plane::new(&model.0[kind], coefficients, plane.start, kind, shape.width)
        });
        let planes = planes.collect::<Result<Vec<_>>>()?;
        let setting = Setting { limits: [0; 4], most, step: 2 * head.max_error as i32 + 1, rate: head.rate };
        let plain = (0..CLASSES * COEFFICIENTS).map(|i| if i % COEFFICIENTS == 8 { 256 } else { 0 }).collect();
        Ok(Planes { shape, setting, scale: head.scale, model, zero: line(shape.width)?, plain, planes })
    }

    /// A row to be worked on.
    pub fn take(&mut self, plane: usize, y: usize) -> Taken {
        let of = &mut self.planes[plane];
        let mut line = std::mem::take(&mut of.lines[y % KEPT]);
        line.begin(&of.lines[(y + KEPT - 1) % KEPT]);
        Taken { plane, y, line, scratch: std::mem::take(&mut of.scratch), tables: std::mem::take(&mut of.tables) }
    }

    /// The row as kernels want it.
    pub fn row<'a>(&'a self, taken: &'a mut Taken) -> Row<'a> {
        let (plane, y) = (taken.plane, taken.y);
        let kind = self.planes[plane].kind;
        let zeros = [&self.zero; 2];
        let two = |plane: usize| [self.line(plane, y), self.line(plane, y + KEPT - 1)];
        // The row above the second is taken to be as the first.
        let above = [self.line(plane, y + KEPT - 1), self.line(plane, y + KEPT - if y == 1 { 1 } else { 2 })];
        let limits = LIMITS[kind.min(1)].map(|l| l << self.scale);
        Row {
            above,
            first: if kind > 0 { two(plane - 1) } else { zeros },
            second: if kind > 1 { two(plane - 2) } else { zeros },
            lead: if kind > 0 { two(0) } else { zeros },
            line: &mut taken.line,
            scratch: &mut taken.scratch,
            coefficients: if y == 0 { &self.plain } else { &self.planes[plane].coefficients },
            weights: &self.model.0[kind].weights,
            tables: &mut taken.tables,
            earlier: kind,
            setting: Setting { limits, ..self.setting },
        }
    }

    /// The row is done.
    pub fn put(&mut self, mut taken: Taken) {
        taken.line.end(self.shape.width);
        let of = &mut self.planes[taken.plane];
        of.lines[taken.y % KEPT] = taken.line;
        of.scratch = taken.scratch;
        of.tables = taken.tables;
    }

    /// Row `y` of a plane, if it is one of the last.
    pub fn line(&self, plane: usize, y: usize) -> &Line {
        &self.planes[plane].lines[y % KEPT]
    }
}

impl Plane {
    fn new(model: &Kind, coefficients: Vec<i32>, start: i32, kind: usize, width: usize) -> Result<Plane> {
        let mut lines: [Line; KEPT] = Default::default();
        for l in &mut lines {
            *l = line(width)?;
            l.fill(start);
        }
        let columns = || zeros(width.next_multiple_of(COLUMNS));
        let scratch = Scratch { across: columns()?, down: columns()?, energy: columns()? };
        Ok(Plane { lines, scratch, tables: model.tables.clone(), coefficients, kind })
    }
}

fn line(width: usize) -> Result<Line> {
    let elements = Line::elements(width);
    Ok(Line::new(zeros(elements)?, zeros(elements)?))
}
