//! Long work goes page by page: after each page it tells how much is done, and asks whether to go on.

use std::ops::ControlFlow;

/// Who looks on. What is done is written when this is asked, so to break loses nothing, and the next run goes on behind it.
pub type PageWatch<'a> = &'a mut (dyn FnMut(u64) -> ControlFlow<()> + Send);

/// For whoever only wants it done.
pub fn go_on(_: u64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}
