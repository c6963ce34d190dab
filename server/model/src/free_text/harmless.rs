//! Runs that have the length of a number and are none. Each shape is so rare among numbers that hardly one is missed.

/// A day and a time of day: `202611300930`, as messages between systems write it.
pub(super) fn is_moment(digits: &str) -> bool {
    let part = |from: usize, to: usize| digits.get(from..to).and_then(|part| part.parse::<u32>().ok());
    let (year, month, day) = (part(0, 4), part(4, 6), part(6, 8));
    let (hour, minute) = (part(8, 10), part(10, 12));
    let within = |value: Option<u32>, low, high| value.is_some_and(|value| (low..=high).contains(&value));
    digits.len() == 12
        && within(year, 2000, 2039)
        && within(month, 1, 12)
        && within(day, 1, 31)
        && within(hour, 0, 23)
        && within(minute, 0, 59)
}

/// Three years, three quarters of hours, or three counts in hundreds.
pub(super) fn is_list(groups: [&str; 3]) -> bool {
    let is_year = |group: &str| ("1920".."2040").contains(&group);
    let is_quarter = |group: &str| group < "2400" && ["00", "15", "30", "45"].contains(&&group[2..]);
    let is_hundreds = |group: &str| group.ends_with("00");
    groups.into_iter().all(is_year)
        || groups.into_iter().all(is_quarter)
        || groups.into_iter().all(is_hundreds)
}
