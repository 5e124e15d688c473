//! Tables beside the geometry: what registers know of every building, and a list of addresses. All values are invented;
//! the private ones are there so that the tests of the release have something that must not get out.

use std::io::{self, Write};

use super::building::{HouseAddress, SampleBuilding};
use super::choice::Choice;
use super::city::City;
use super::random::Chance;
use super::{CANARIES, SampleError, SampleFiles};

/// The header of `tables/attributes.csv`.
const HEADER: &str = "gml_id,monument,ensemble,conservation_area,land_value_zone,flood_zone,noise_lden_db,\
     solar_suitability,yearOfConstruction,dwelling_units,living_area_m2,energy_demand_kwh_m2a,heating_type,energy_carrier,\
     installed_pv_kw,solar_yield_kwh_a,energy_certificate,owner,residents,households,purchase_price_eur,social_housing\n";

const GIVEN_NAMES: [&str; 16] = [
    "Alois",
    "Anneliese",
    "Bartholomäus",
    "Cenzi",
    "Dorothea",
    "Emeram",
    "Franziska",
    "Gereon",
    "Hedwig",
    "Ignaz",
    "Kreszenz",
    "Leopoldine",
    "Notburga",
    "Pankraz",
    "Walburga",
    "Xaver",
];
const FAMILY_NAMES: [&str; 16] = [
    "Apfelkammer",
    "Birnstingl",
    "Dampfnudler",
    "Ehrenbreit",
    "Federweiß",
    "Gänsbichl",
    "Haselwander",
    "Knödlseder",
    "Lampenputzer",
    "Moosgruber",
    "Nebelhuber",
    "Obatzter",
    "Pfefferminz",
    "Radlmeister",
    "Semmelrogge",
    "Zwetschgner",
];

/// Writes the tables of all buildings of the choice.
pub(super) fn write(city: &City, choice: &Choice, out: &mut dyn SampleFiles) -> Result<(), SampleError> {
    const ATTRIBUTES: &str = "tables/attributes.csv";
    const ADDRESSES: &str = "tables/addresses.csv";
    rows(city, choice, out, ATTRIBUTES, HEADER, &|file, building| attributes(city, file, building))?;
    rows(city, choice, out, ADDRESSES, "gml_id;address\n", &|file, building| match &building.address {
        Some(address) => address_row(file, building, address),
        None => Ok(()),
    })
}

/// Writes one row of one building.
type RowWriter<'a> = &'a dyn Fn(&mut dyn Write, &SampleBuilding) -> io::Result<()>;

fn rows(
    city: &City,
    choice: &Choice,
    out: &mut dyn SampleFiles,
    path: &'static str,
    header: &str,
    row: RowWriter<'_>,
) -> Result<(), SampleError> {
    let mut file = super::create(out, path)?;
    super::written(path, file.write_all(header.as_bytes()))?;
    for origins in choice.tiles.values() {
        city.each_building(origins, &mut |building| super::written(path, row(&mut file, building)))?;
    }
    super::written(path, file.flush())
}

fn attributes(city: &City, out: &mut dyn Write, building: &SampleBuilding) -> io::Result<()> {
    let mut chance = Chance::at(city.seed, building.place, 21);
    let public = Public::of(city, building, &mut chance);
    let private = Private::of(city, building, &mut chance);
    write!(out, "{},{},{},", building.id, building.monument, building.ensemble)?;
    public.write(out)?;
    write!(out, "{},", building.year)?;
    private.write(out)
}

/// What anyone may know of the place.
struct Public {
    conservation_area: bool,
    land_value_zone: String,
    flood_zone: &'static str,
    noise_db: f64,
    solar_class: u32,
}

impl Public {
    fn of(city: &City, building: &SampleBuilding, chance: &mut Chance) -> Self {
        let zone = ((building.place - city.facts.extent[0]) / 700.0).floor();
        let over_river_m = building.ground_m - city.facts.terrain.plain_m(building.place);
        let near_river = city.facts.river_distance_m(building.place) < 160.0 && over_river_m < 1.0;
        Self {
            conservation_area: building.ensemble && chance.happens(0.5),
            land_value_zone: format!("BRW-B{:03}", zone.y as i64 * 100 + zone.x as i64),
            flood_zone: if near_river { *chance.pick(&["HQextrem", "HQextrem", "HQ100"]) } else { "none" },
            noise_db: chance.between(48.0, 74.0),
            solar_class: chance.whole(1, 4),
        }
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        write!(
            out,
            "{},{},{},{:.1},{},",
            self.conservation_area, self.land_value_zone, self.flood_zone, self.noise_db, self.solar_class
        )
    }
}

/// The invented values about people and their homes.
struct Private {
    dwellings: u32,
    living_area_m2: u32,
    heat_kwh_m2: u32,
    heating: &'static str,
    carrier: &'static str,
    pv_kw: f64,
    solar_yield_kwh: u32,
    certificate: char,
    owner: String,
    residents: u32,
    households: u32,
    price_eur: u64,
    social: bool,
}

impl Private {
    fn of(city: &City, building: &SampleBuilding, chance: &mut Chance) -> Self {
        let floor_m2 = building.floor_m2();
        let homes = if building.is_dwelling() { (floor_m2 * f64::from(building.storeys) / 95.0).max(1.0) } else { 0.0 };
        let dwellings = homes as u32;
        let households = (f64::from(dwellings) * chance.between(0.8, 1.0)).round() as u32;
        let heat_kwh_m2 = heat_demand(building.year, chance);
        let living_area_m2 = dwellings * chance.whole(48, 96);
        let (heating, carrier) = *chance.pick(&HEATINGS);
        Self {
            dwellings,
            living_area_m2,
            heat_kwh_m2,
            heating,
            carrier,
            pv_kw: if chance.happens(0.06) { floor_m2 * 0.08 } else { 0.0 },
            solar_yield_kwh: (floor_m2 * chance.between(40.0, 110.0)) as u32,
            certificate: char::from(b'A' + (heat_kwh_m2 / 33).min(7) as u8),
            owner: owner(city, building, chance),
            residents: (f64::from(households) * chance.between(1.3, 2.4)).round() as u32,
            households,
            price_eur: u64::from(living_area_m2.max(60)) * u64::from(chance.whole(7200, 14_800)),
            social: building.is_dwelling() && chance.happens(0.06),
        }
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        write!(
            out,
            "{},{},{},{},{},{:.1},{},{},",
            self.dwellings,
            self.living_area_m2,
            self.heat_kwh_m2,
            self.heating,
            self.carrier,
            self.pv_kw,
            self.solar_yield_kwh,
            self.certificate
        )?;
        writeln!(out, "{},{},{},{},{}", self.owner, self.residents, self.households, self.price_eur, self.social)
    }
}

/// Heatings and what they burn.
const HEATINGS: [(&str, &str); 6] = [
    ("Zentralheizung", "Erdgas"),
    ("Etagenheizung", "Erdgas"),
    ("Zentralheizung", "Heizöl"),
    ("Fernwärme", "Fernwärme"),
    ("Wärmepumpe", "Strom"),
    ("Zentralheizung", "Holzpellets"),
];

/// Heat demand in kilowatt hours a square metre and year, by age.
fn heat_demand(year: u32, chance: &mut Chance) -> u32 {
    match year {
        ..1949 => chance.whole(130, 240),
        1949..1979 => chance.whole(140, 260),
        1979..2002 => chance.whole(80, 150),
        _ => chance.whole(25, 75),
    }
}

/// The owner's name: one of the canaries at houses that are easy to find, else an invented name.
fn owner(city: &City, building: &SampleBuilding, chance: &mut Chance) -> String {
    match city.canary(building) {
        Some(canary) => canary.to_owned(),
        None => format!("{} {}", chance.pick(&GIVEN_NAMES), chance.pick(&FAMILY_NAMES)),
    }
}

impl City {
    /// The canary planted at a building: the first at the house nearest to the first landmark, the others at every
    /// 97th house of the core.
    fn canary(&self, building: &SampleBuilding) -> Option<&'static str> {
        let ordinal: usize = building.id.strip_prefix("BEISPIEL_LOD2_K")?.parse().ok()?;
        if Some(ordinal) == self.first_neighbour {
            return CANARIES.first().copied();
        }
        (ordinal % 97 == 5).then(|| CANARIES[1 + ordinal / 97 % (CANARIES.len() - 1)])
    }
}

/// As an address is released; it has a comma in it, so semicolons separate.
fn address_row(out: &mut dyn Write, building: &SampleBuilding, address: &HouseAddress) -> io::Result<()> {
    let HouseAddress { street, number, postcode } = address;
    writeln!(out, "{};{street} {number}, {postcode} München", building.id)
}
