//! The next house along a street, by the released addresses: the same street's name, in the order of the numbers.

/// A house number on a street.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Number {
    /// The number itself.
    number: u32,
    /// What follows it, such as `a` or `1/2`.
    suffix: String,
}

/// A street and a number on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreetAddress {
    /// Name of the street, with the town where the address has one: two towns may share a street's name.
    pub street: String,
    /// The number.
    pub number: Number,
}

/// The addresses of a building, as its release writes them: "Tal 5a, 80331 München; Dienerstraße 2, 80331 München".
/// Those without a number are left out: they have no place in a street's order.
pub fn addresses(released: &str) -> Vec<StreetAddress> {
    released.split(';').filter_map(|one| address(one.trim())).collect()
}

fn address(text: &str) -> Option<StreetAddress> {
    let (line, town) = text.split_once(',').unwrap_or((text, ""));
    let words: Vec<&str> = line.split_whitespace().collect();
    // The number is the last word that begins with a digit; "Straße des 17. Juni 5" has one in its name.
    let last = words.iter().rposition(|word| word.starts_with(|c: char| c.is_ascii_digit())).filter(|at| *at > 0)?;
    // "12 1/2" is one number.
    let is_fraction =
        last > 1 && words[last].contains('/') && words[last - 1].bytes().all(|byte| byte.is_ascii_digit());
    let at = if is_fraction { last - 1 } else { last };
    let digits: String = words[at].chars().take_while(char::is_ascii_digit).collect();
    let suffix = std::iter::once(&words[at][digits.len()..]).chain(words[at + 1..].iter().copied());
    Some(StreetAddress {
        street: format!("{}, {}", words[..at].join(" "), town.trim()),
        number: Number { number: digits.parse().ok()?, suffix: suffix.collect::<String>().to_lowercase() },
    })
}

/// The next building along the street of `from`, or the one before it: its index in `buildings`. A building with several
/// addresses stands on several streets; one walks along the first that leads on. Of several buildings with one number
/// the order is the one given.
pub fn next(from: usize, buildings: &[Vec<StreetAddress>], forward: bool) -> Option<usize> {
    buildings.get(from)?.iter().find_map(|address| {
        let on_it = buildings.iter().enumerate().filter_map(|(index, all)| {
            let number = &all.iter().find(|other| other.street == address.street)?.number;
            Some((number, index))
        });
        let here = (&address.number, from);
        if forward { on_it.filter(|other| *other > here).min() } else { on_it.filter(|other| *other < here).max() }
            .map(|(_, index)| index)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn street(numbers: &[&str]) -> Vec<Vec<StreetAddress>> {
        numbers.iter().map(|released| addresses(released)).collect()
    }

    #[test]
    fn a_street_is_walked_by_its_numbers() {
        let houses = street(&["Tal 10", "Tal 9", "Tal 9a", "Burgstraße 9", "Tal 9 b", "", "Tal"]);
        let mut way = vec![1];
        while let Some(at) = next(way[way.len() - 1], &houses, true) {
            way.push(at);
        }
        assert_eq!(way, [1, 2, 4, 0]);
        let mut back = vec![0];
        while let Some(at) = next(back[back.len() - 1], &houses, false) {
            back.push(at);
        }
        assert_eq!(back, [0, 4, 2, 1]);
        assert_eq!([3, 5, 6, 9].map(|alone| next(alone, &houses, true)), [None; 4]);
    }

    #[test]
    fn a_corner_house_leads_along_the_street_that_goes_on() {
        let houses = street(&["Tal 1, 80331 München; Burgstraße 2, 80331 München", "Burgstraße 4, 80331 München"]);
        assert_eq!(next(0, &houses, true), Some(1));
        assert_eq!(next(1, &houses, false), Some(0));
        let elsewhere = street(&["Hauptstraße 1, 80331 München", "Hauptstraße 2, 82166 Gräfelfing"]);
        assert_eq!(next(0, &elsewhere, true), None);
    }

    #[test]
    fn one_number_may_stand_on_several_buildings() {
        let houses = street(&["Tal 5", "Tal 5", "Tal 5", "Tal 6"]);
        assert_eq!([0, 1, 2, 3].map(|at| next(at, &houses, true)), [Some(1), Some(2), Some(3), None]);
        assert_eq!([0, 1, 2, 3].map(|at| next(at, &houses, false)), [None, Some(0), Some(1), Some(2)]);
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        let read =
            |text: &str| addresses(text).first().map(|a| (a.street.clone(), a.number.number, a.number.suffix.clone()));
        let of = |street: &str, number, suffix: &str| Some((street.to_owned(), number, suffix.to_owned()));
        assert_eq!(read("Straße des 17. Juni 5, 80331 München"), of("Straße des 17. Juni, 80331 München", 5, ""));
        assert_eq!(read("Tal 12 1/2"), of("Tal, ", 12, "1/2"));
        assert_eq!(read("Feldhasenweg 2 21"), of("Feldhasenweg 2, ", 21, ""), "a second street of that name");
        assert_eq!(read("Platzl 4A"), of("Platzl, ", 4, "a"));
        assert_eq!(read("Marienplatz"), None);
        assert_eq!(read("12, 80331 München"), None, "a number without a street");
        assert_eq!(read("Tal 99999999999"), None);
    }
}
