//! The ground under the buildings: terrain grids (or the buildings' own feet), areas of a class, trees → tiles.

use super::buildings::Footing;
use super::folder::FolderTiles;
use super::ground_files::{Ahead, Sources};
use super::summary::GroundSummary;
use super::{BuildError, Run};
use crate::geo::Terrain;
use crate::privacy::Releaser;
use crate::report::Report;
use crate::tiles::ground::{GroundBuilder, GroundSettings};

impl Run<'_> {
    /// The steps of the ground: each of its files is one, and each tile of a release.
    pub(super) fn ground_steps(&self, footing: &Footing, files: &Ahead<'_, '_>) -> Result<u64, BuildError> {
        let mut steps = files.count();
        for releaser in self.releasers {
            steps += GroundBuilder::new(self.ground_settings(releaser, footing)).tiles()?;
        }
        Ok(steps)
    }

    fn ground_settings(&self, releaser: &Releaser, footing: &Footing) -> GroundSettings {
        GroundSettings {
            policy_hash: releaser.policy().hash().to_owned(),
            audience: releaser.audience().to_string(),
            copyright: self.copyright(releaser),
            ..GroundSettings::new(self.city.crs, self.origin(), footing.area)
        }
    }

    /// Writes the ground of every release. Gives the terrain that it was made of as well.
    pub(super) fn ground(
        &self,
        footing: &Footing,
        files: Ahead<'_, '_>,
        report: &mut Report,
    ) -> Result<(GroundSummary, Terrain), BuildError> {
        let tally = files.tally();
        let Sources { grids, areas, trees } = files.all(report)?;
        let mut summary = GroundSummary {
            grids: grids.len() as u64,
            areas: areas.len() as u64,
            trees: trees.len() as u64,
            ..GroundSummary::default()
        };
        let terrain = Terrain::new(grids, &footing.feet.means());
        for releaser in self.releasers {
            let builder = GroundBuilder::new(self.ground_settings(releaser, footing));
            let out = FolderTiles::new(self.folder(releaser).join("ground"));
            let written = || tally.add(1);
            let stats = builder.build(&terrain, &areas, &trees, &*self.projector, &out, &written)?;
            summary.tiles = stats.tiles;
        }
        Ok((summary, terrain))
    }
}
