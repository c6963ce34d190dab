//! What is refused together is written apart: ever smaller parts, in their order, until what is refused stands alone.

use std::ops::Range;

/// The parts of a list that are still to be written, the first one last.
pub(super) struct Parts(Vec<Range<usize>>);

impl Parts {
    /// A list of so many as one part.
    pub(super) fn whole(length: usize) -> Self {
        Self(if length == 0 { Vec::new() } else { Vec::from([0..length]) })
    }

    /// The next part.
    pub(super) fn take(&mut self) -> Option<Range<usize>> {
        self.0.pop()
    }

    /// Halves a part that was refused; each half comes next. False for one that stands alone.
    pub(super) fn halve(&mut self, part: &Range<usize>) -> bool {
        if part.len() < 2 {
            return false;
        }
        let middle = part.start + part.len() / 2;
        self.0.extend([middle..part.end, part.start..middle]);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_refused_ends_alone_and_everything_else_is_written_once_in_its_order() {
        let (refused, mut written, mut alone) = ([3, 7], Vec::new(), Vec::new());
        let mut parts = Parts::whole(9);
        while let Some(part) = parts.take() {
            if !refused.iter().any(|place| part.contains(place)) {
                written.extend(part);
            } else if !parts.halve(&part) {
                alone.extend(part);
            }
        }
        assert_eq!((written, alone), (vec![0, 1, 2, 4, 5, 6, 8], vec![3, 7]));
        assert_eq!(Parts::whole(0).take(), None);
    }
}
