//! GeoJSON geometries (RFC 7946 § 3.1): JSON values → checked geometries.

use ::geo::{
    Coord, Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon,
};
use serde_json::Value;

use crate::report::{Place, Report, WarningKind};

/// Reads the geometry of one feature.
pub(super) struct GeometryReader<'a> {
    pub(super) place: &'a Place,
    pub(super) report: &'a mut Report,
}

impl GeometryReader<'_> {
    /// The geometry; `None` where nothing of it can be used. Broken members of a multiple geometry are left out with a
    /// warning. Collections nest no deeper than the JSON parser lets them.
    pub(super) fn geometry(&mut self, value: &Value) -> Option<Geometry<f64>> {
        let kind = value.get("type")?.as_str()?;
        if kind == "GeometryCollection" {
            let members: Vec<_> =
                value.get("geometries")?.as_array()?.iter().filter_map(|member| self.geometry(member)).collect();
            return (!members.is_empty()).then_some(Geometry::GeometryCollection(GeometryCollection(members)));
        }
        let coordinates = value.get("coordinates")?;
        match kind {
            "Point" => Some(Point::from(position(coordinates)?).into()),
            "LineString" => Some(line(coordinates)?.into()),
            "Polygon" => Some(self.polygon(coordinates)?.into()),
            "MultiPoint" => {
                let points = |value: &Value| position(value).map(Point::from);
                self.members(coordinates, |_, value| points(value)).map(|points| MultiPoint(points).into())
            }
            "MultiLineString" => {
                self.members(coordinates, |_, value| line(value)).map(|lines| MultiLineString(lines).into())
            }
            "MultiPolygon" => self.members(coordinates, Self::polygon).map(|polygons| MultiPolygon(polygons).into()),
            _ => None,
        }
    }

    /// All usable members; `None` for none.
    fn members<T>(&mut self, value: &Value, read: impl Fn(&mut Self, &Value) -> Option<T>) -> Option<Vec<T>> {
        let list = value.as_array()?;
        let members: Vec<T> = list.iter().filter_map(|member| read(self, member)).collect();
        if members.len() < list.len() && !members.is_empty() {
            self.warn(WarningKind::PolygonSkipped, "a part of a multiple geometry cannot be used and was left out");
        }
        (!members.is_empty()).then_some(members)
    }

    fn polygon(&mut self, value: &Value) -> Option<Polygon<f64>> {
        let mut rings = value.as_array()?.iter();
        let exterior = self.ring(rings.next()?)?;
        let count = rings.len();
        let interiors: Vec<LineString<f64>> = rings.filter_map(|ring| self.ring(ring)).collect();
        if interiors.len() < count {
            self.warn(WarningKind::PolygonMended, "a hole of a polygon cannot be used and was left out");
        }
        Some(Polygon::new(exterior, interiors))
    }

    /// A closed ring with an area (RFC 7946 § 3.1.6); an open one is closed.
    fn ring(&mut self, value: &Value) -> Option<LineString<f64>> {
        let mut positions = positions(value)?;
        if positions.first() != positions.last() {
            self.warn(WarningKind::PolygonMended, "an open ring was closed");
            positions.extend(positions.first().copied());
        }
        (positions.len() >= 4 && has_area(&positions)).then_some(LineString(positions))
    }

    fn warn(&mut self, kind: WarningKind, message: &str) {
        self.report.warn(kind, self.place.clone(), message);
    }
}

fn line(value: &Value) -> Option<LineString<f64>> {
    let positions = positions(value)?;
    (positions.len() >= 2).then_some(LineString(positions))
}

fn positions(value: &Value) -> Option<Vec<Coord<f64>>> {
    value.as_array()?.iter().map(position).collect()
}

/// A position's first two numbers; a height and what follows is left out.
fn position(value: &Value) -> Option<Coord<f64>> {
    match value.as_array()?.as_slice() {
        [x, y, ..] => Some(Coord { x: finite(x)?, y: finite(y)? }),
        _ => None,
    }
}

/// Numbers beyond what any system on earth has would overflow later.
fn finite(value: &Value) -> Option<f64> {
    value.as_f64().filter(|number| number.abs() < 1e9)
}

/// Whether the shoelace sum around the first point is more than rounding.
fn has_area(ring: &[Coord<f64>]) -> bool {
    let Some(&origin) = ring.first() else { return false };
    let cross = |edge: &[Coord<f64>]| match edge {
        [a, b] => (a.x - origin.x) * (b.y - origin.y) - (b.x - origin.x) * (a.y - origin.y),
        _ => 0.0,
    };
    ring.windows(2).map(cross).sum::<f64>().abs() > f64::MIN_POSITIVE
}
