//! Where things stand in a trend drawing. Dates keep their true distances.

use techo_citizen::checkups::{ItemTrend, TrendPoint};
use techo_model::CalendarDate;

pub(super) const WIDTH: i32 = 320;
pub(super) const HEIGHT: i32 = 170;
/// Left edge and width of the inner field.
pub(super) const LEFT: i32 = 8;
pub(super) const INNER: i32 = WIDTH - 2 * LEFT;
/// Base line of the years.
pub(super) const YEARS: &str = "164";

const MARGIN: f64 = 30.0;
const TOP: f64 = 30.0;
const BOTTOM: f64 = 138.0;
/// Years closer than this would run into each other.
const YEAR_GAP: f64 = 38.0;

/// From dates and values to places.
pub(super) struct Scale {
    first: CalendarDate,
    days: f64,
    low: f64,
    high: f64,
}

impl Scale {
    /// None for a trend without points.
    pub(super) fn of(trend: &ItemTrend) -> Option<Self> {
        let (first, last) = (trend.points.first()?.on, trend.points.last()?.on);
        let ends = [trend.low, trend.high].into_iter().flatten();
        let values =
            trend.points.iter().map(|point| point.value).chain(ends).filter(|value| value.is_finite());
        let (low, high) =
            values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
        if low > high {
            return None;
        }
        let room = ((high - low) * 0.12).max(0.5);
        let days = f64::from(last.days_since(first)).max(1.0);
        Some(Self { first, days, low: low - room, high: high + room })
    }

    /// The place of a point.
    pub(super) fn place(&self, point: &TrendPoint) -> (f64, f64) {
        let along = f64::from(point.on.days_since(self.first)) / self.days;
        let left = f64::from(LEFT) + MARGIN;
        let right = f64::from(WIDTH - LEFT) - MARGIN;
        (left + along * (right - left), self.height_of(point.value))
    }

    fn height_of(&self, value: f64) -> f64 {
        let part = (value - self.low) / (self.high - self.low);
        BOTTOM - part.clamp(0.0, 1.0) * (BOTTOM - TOP)
    }

    /// Top and height of the reference range; an open end reaches the edge.
    pub(super) fn band(&self, trend: &ItemTrend) -> Option<(String, String)> {
        if trend.low.is_none() && trend.high.is_none() {
            return None;
        }
        let top = trend.high.map_or(TOP - 10.0, |high| self.height_of(high));
        let bottom = trend.low.map_or(BOTTOM + 6.0, |low| self.height_of(low));
        Some((format!("{top:.1}"), format!("{:.1}", (bottom - top).max(0.0))))
    }

    /// The points of the line.
    pub(super) fn line(&self, trend: &ItemTrend) -> String {
        let places = trend.points.iter().map(|point| self.place(point));
        places.map(|(x, y)| format!("{x:.1},{y:.1}")).collect::<Vec<_>>().join(" ")
    }

    /// The years below the points, as many as fit.
    pub(super) fn year_labels(&self, trend: &ItemTrend) -> Vec<(String, String)> {
        let mut labels = Vec::new();
        let mut free_from = f64::NEG_INFINITY;
        for point in &trend.points {
            let (x, _) = self.place(point);
            if x >= free_from {
                labels.push((format!("{x:.1}"), point.on.civil().year().to_string()));
                free_from = x + YEAR_GAP;
            }
        }
        labels
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use techo_model::{answer::ItemCode, text::BilingualText};

    fn trend_of(points: &[(&str, f64)]) -> ItemTrend {
        let points = points.iter().map(|(on, value)| TrendPoint {
            on: CalendarDate::parse(on).unwrap(),
            value: *value,
            text: value.to_string(),
            judgement: None,
        });
        ItemTrend {
            item: ItemCode("x".to_owned()),
            name: BilingualText { ja: "", en: "" },
            unit: String::new(),
            points: points.collect(),
            low: None,
            high: Some(5.5),
            range: (None, Some("5.5".to_owned())),
            left_out: 0,
        }
    }

    #[test]
    fn every_point_lies_inside_the_drawing_and_higher_values_higher() {
        let trend = trend_of(&[("2022-04-01", 5.2), ("2023-06-01", 6.8), ("2026-05-01", 1.0)]);
        let scale = Scale::of(&trend).unwrap();
        let places: Vec<_> = trend.points.iter().map(|point| scale.place(point)).collect();
        for (x, y) in &places {
            assert!((0.0..f64::from(WIDTH)).contains(x) && (0.0..f64::from(HEIGHT)).contains(y));
        }
        assert!(places[1].1 < places[0].1 && places[0].1 < places[2].1);
    }

    #[test]
    fn one_point_or_a_broken_number_does_not_break_the_drawing() {
        assert!(Scale::of(&trend_of(&[("2022-04-01", 5.2)])).is_some());
        assert!(Scale::of(&trend_of(&[("2022-04-01", f64::NAN)])).is_some());
        assert!(Scale::of(&trend_of(&[])).is_none());
    }

    #[test]
    fn two_checkups_in_one_season_share_a_year_label() {
        let trend = trend_of(&[("2022-04-01", 5.2), ("2022-05-01", 5.4), ("2026-05-01", 5.0)]);
        assert_eq!(Scale::of(&trend).unwrap().year_labels(&trend).len(), 2);
    }
}
