//! How much of a file is looked at before something is called wrong.

/// Upper bounds of one file; the defaults suit every layout we read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CsvLimits {
    /// Bytes of one cell.
    pub cell: usize,
    /// Bytes of one record, its line breaks included. Also how far a quote may stay open.
    pub record: usize,
    /// Columns of the header.
    pub columns: usize,
}

impl Default for CsvLimits {
    fn default() -> Self {
        Self { cell: 32 * 1024, record: 64 * 1024, columns: 128 }
    }
}

impl CsvLimits {
    /// Bytes held in memory: room for one whole record ahead and enough behind it that reads stay large.
    pub fn window(&self) -> usize {
        self.record.saturating_mul(8).max(64 * 1024)
    }
}
