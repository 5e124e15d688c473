fn main() {
    let path = std::env::args().nth(1).unwrap();
    let o = stadtzwilling::viewer::frame_times::FrameOptions {
        source: stadtzwilling::viewer::ViewerSource::Path(path.into()),
        size: (1280, 720),
        home_rounds: 15,
        flight_places: 24,
    };
    let f = stadtzwilling::viewer::frame_times::measure(&o).unwrap();
    println!("{}", f.adapter);
    for (n, v) in [("home", &f.home), ("flight", &f.flight)] {
        println!("{n} {} triangles {} draws", v.triangles, v.draws);
        for s in &v.series {
            println!("  {:?} {:.1} {:.1}", s.drawing, s.quantile_ms(0.5), s.quantile_ms(0.95));
        }
    }
}
