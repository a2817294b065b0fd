//! Rectangles of samples.

/// A rectangle, in pixels of a picture or samples of a plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rect {
    /// Left column.
    pub x: usize,
    /// Top row.
    pub y: usize,
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
}

impl Rect {
    /// The rectangle of a whole picture or plane.
    pub fn whole(width: usize, height: usize) -> Rect {
        Rect { x: 0, y: 0, width, height }
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        self.width * self.height
    }

    /// What of it lies in another one; none where nothing does.
    pub fn cut(&self, other: &Rect) -> Option<Rect> {
        let (x, y) = (self.x.max(other.x), self.y.max(other.y));
        let (right, bottom) =
            ((self.x + self.width).min(other.x + other.width), (self.y + self.height).min(other.y + other.height));
        let cut = Rect { x, y, width: right.checked_sub(x)?, height: bottom.checked_sub(y)? };
        (!cut.is_empty()).then_some(cut)
    }

    /// The same place, counted from the corner of a rectangle that holds it.
    pub fn within(&self, outer: &Rect) -> Rect {
        Rect { x: self.x - outer.x, y: self.y - outer.y, ..*self }
    }

    /// The least rectangle that holds both.
    pub fn with(&self, other: &Rect) -> Rect {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        let right = (self.x + self.width).max(other.x + other.width);
        let bottom = (self.y + self.height).max(other.y + other.height);
        Rect { x, y, width: right - x, height: bottom - y }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
