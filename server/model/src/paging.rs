//! Lists in pages. A page begins after a place in an order, not after a count of rows, so that nothing is shown twice and nothing
//! left out while rows are added or taken away. Every page has a bound.

use crate::UnixMillis;
use uuid::Uuid;

/// The most rows that one page may have.
pub const LARGEST_PAGE: u16 = 500;
/// The longest word for a place that is looked at: none is as long.
const LONGEST_TOKEN: usize = 100;

/// Which page of a list is asked for: after which place, and how many rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageRequest<P> {
    after: Option<P>,
    size: u16,
}

impl<P: Clone> PageRequest<P> {
    /// The first page. A size of none is one, and one above [`LARGEST_PAGE`] is that.
    pub fn first(size: u16) -> Self {
        Self::from_place(None, size)
    }

    /// The page after this place.
    pub fn after(place: P, size: u16) -> Self {
        Self::from_place(Some(place), size)
    }

    /// The page after this place; the first one without.
    pub fn from_place(after: Option<P>, size: u16) -> Self {
        Self { after, size: size.clamp(1, LARGEST_PAGE) }
    }

    /// After which place the page begins, where this one stands before everything.
    pub fn after_or(&self, start: P) -> P {
        self.after.clone().unwrap_or(start)
    }

    /// How many rows the page has at most.
    pub fn size(&self) -> usize {
        usize::from(self.size)
    }

    /// How many rows are fetched: one more than are shown tells whether another page follows.
    pub fn fetched_rows(&self) -> i64 {
        i64::from(self.size) + 1
    }
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T, P> {
    /// Its rows, in order.
    pub items: Vec<T>,
    /// After which place the next one begins; none when this is the last.
    pub next: Option<P>,
}

impl<T, P> Page<T, P> {
    /// A page without rows, after which nothing comes.
    pub fn empty() -> Self {
        Self { items: Vec::new(), next: None }
    }

    /// Of the rows that were fetched for a request, [`PageRequest::fetched_rows`] at most.
    pub fn of(mut rows: Vec<T>, request: &PageRequest<P>, place: impl Fn(&T) -> P) -> Self
    where
        P: Clone,
    {
        let is_more = rows.len() > request.size();
        rows.truncate(request.size());
        let next = if is_more { rows.last().map(place) } else { None };
        Self { items: rows, next }
    }

    /// The same page of something else.
    pub fn map<U>(self, each: impl FnMut(T) -> U) -> Page<U, P> {
        Page { items: self.items.into_iter().map(each).collect(), next: self.next }
    }
}

/// A place that can be written into an address. It names a row and says nothing about it; whoever makes one up sees a part of what they
/// may see anyway.
pub trait PageToken: Sized {
    /// As it stands in an address: letters, digits, `-` and `.` only.
    fn token(&self) -> String;

    /// Back from an address; none when it is no place of ours.
    fn from_token(text: &str) -> Option<Self>;
}

impl PageToken for Uuid {
    fn token(&self) -> String {
        self.simple().to_string()
    }

    fn from_token(text: &str) -> Option<Self> {
        let parsed = if text.len() == 32 { Self::try_parse(text).ok()? } else { return None };
        (parsed.token() == text).then_some(parsed)
    }
}

impl PageToken for UnixMillis {
    fn token(&self) -> String {
        self.0.to_string()
    }

    fn from_token(text: &str) -> Option<Self> {
        let parsed = Self(text.parse().ok()?);
        (parsed.token() == text).then_some(parsed)
    }
}

impl<A: PageToken, B: PageToken> PageToken for (A, B) {
    fn token(&self) -> String {
        format!("{}.{}", self.0.token(), self.1.token())
    }

    fn from_token(text: &str) -> Option<Self> {
        if text.len() > LONGEST_TOKEN {
            return None;
        }
        let (first, second) = text.split_once('.')?;
        Some((A::from_token(first)?, B::from_token(second)?))
    }
}

#[cfg(test)]
mod tests {
    use super::{LARGEST_PAGE, Page, PageRequest, PageToken};
    use crate::UnixMillis;
    use uuid::Uuid;

    type Place = (UnixMillis, Uuid);

    #[test]
    fn a_page_is_never_larger_than_its_bound_and_knows_whether_another_follows() {
        let request = PageRequest::<i64>::first(3);
        assert_eq!((request.size(), request.fetched_rows(), request.after_or(-1)), (3, 4, -1));
        let page = Page::of(vec![1, 2, 3, 4], &request, |row| *row);
        assert_eq!((page.items, page.next), (vec![1, 2, 3], Some(3)));
        let last = Page::of(vec![4, 5, 6], &PageRequest::after(3, 3), |row| *row);
        assert_eq!((last.items, last.next), (vec![4, 5, 6], None));
        assert_eq!(PageRequest::<i64>::first(u16::MAX).size(), usize::from(LARGEST_PAGE));
        assert_eq!(PageRequest::<i64>::first(0).size(), 1);
    }

    #[test]
    fn a_place_comes_back_from_an_address_as_it_was() {
        let place = (UnixMillis(1_767_225_600_123), Uuid::from_u128(0x0190_1234));
        assert_eq!(Place::from_token(&place.token()), Some(place));
        let early = (UnixMillis(-5), Uuid::max());
        assert_eq!(Place::from_token(&early.token()), Some(early));
    }

    #[test]
    fn what_is_no_place_of_ours_is_refused() {
        let good = (UnixMillis(5), Uuid::from_u128(7)).token();
        let long = format!("{}{good}", "0".repeat(100));
        let other_form = good.replace('.', ".{") + "}";
        let spaced = format!(" {good}");
        let upper = "5.0000000000000000000000000000000A";
        for text in [
            "",
            ".",
            "5",
            "5.",
            ".7",
            "x.y",
            "5.7",
            "5.7.7",
            "+5.7",
            "' OR 1=1",
            upper,
            &long,
            &other_form,
            &spaced,
        ] {
            assert_eq!(Place::from_token(text), None, "{text}");
        }
    }
}
