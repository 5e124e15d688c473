//! Programs of shaders, made when they are drawn with for the first time.

use std::collections::BTreeMap;

use web_sys::{WebGl2RenderingContext as Gl, WebGlProgram, WebGlShader, WebGlUniformLocation};

use crate::viewer::platform::complain;
use crate::viewer::scene::Parts;
use crate::viewer::scene::uniforms::DrawUniform;

/// The texture unit of the palette.
pub const PALETTE_UNIT: u32 = 0;
/// The texture unit of the shadow map.
pub const SHADOW_UNIT: u32 = 1;
/// The texture unit of the panels' textures.
pub const IMAGE_UNIT: u32 = 2;
/// The uniform block `Frame`, where all blocks stand that nobody has put elsewhere (OpenGL ES 3.0, 2.12.6): to ask for
/// its number would mean to wait for the graphics.
pub const FRAME_BLOCK: u32 = 0;

/// What is drawn with a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Buildings, ground, trees.
    City {
        /// What is drawn of them.
        parts: Parts,
        /// Whether each triangle has one colour, which nothing but its class, sun and sky make.
        bare: bool,
    },
    /// Behind everything.
    Sky,
    /// Areas on the ground.
    Area,
    /// Lines on the ground.
    Line,
    /// Depth as the sun sees it.
    Shadow,
    /// A picture that is smaller than the canvas.
    Enlarged,
    /// egui's triangles.
    Panel,
}

/// Whether a vertex knows its colour, so that pixels have nothing to work out.
pub fn is_lit(parts: Parts) -> bool {
    !parts.edges && parts.shadow_taps == 0
}

macro_rules! shader {
    ($name:literal) => {
        include_str!(concat!("../../../../shaders/webgl/", $name))
    };
}

const FRAME: &str = shader!("frame.glsl");
const PALETTE: &str = shader!("palette.glsl");
const MEDIUM: &str = "precision mediump float;\n";

impl Kind {
    /// What both shaders begin with, and each of them.
    fn sources(self) -> (String, String) {
        let (vertex, fragment) = match self {
            Self::City { .. } => ([FRAME, PALETTE, shader!("city.vert")], [FRAME, shader!("city.frag")]),
            Self::Sky => ([FRAME, "", shader!("sky.vert")], [FRAME, shader!("sky.frag")]),
            Self::Area => ([FRAME, PALETTE, shader!("area.vert")], [FRAME, shader!("area.frag")]),
            Self::Line => ([FRAME, PALETTE, shader!("line.vert")], [FRAME, shader!("line.frag")]),
            Self::Shadow => ([FRAME, "", shader!("shadow.vert")], [FRAME, shader!("shadow.frag")]),
            Self::Enlarged => (["", "", shader!("enlarged.vert")], [MEDIUM, shader!("enlarged.frag")]),
            Self::Panel => (["", "", shader!("panel.vert")], [MEDIUM, shader!("panel.frag")]),
        };
        let head = format!("#version 300 es\n{}", self.defines());
        (format!("{head}{}", vertex.join("\n")), format!("{head}{}", fragment.join("\n")))
    }

    fn defines(self) -> String {
        let Self::City { parts, bare } = self else { return String::new() };
        let flags = [(parts.edges, "EDGES"), (parts.colors, "COLORS"), (is_lit(parts), "LIT"), (bare, "BARE")];
        let flags = flags.into_iter().filter(|(is, _)| *is).map(|(_, name)| format!("#define {name}\n"));
        format!("#define SHADOW_TAPS {}\n{}", parts.shadow_taps, flags.collect::<String>())
    }
}

/// A program with the places of its uniforms.
pub struct Program {
    gl: Gl,
    handle: WebGlProgram,
    rel_from_mesh: Option<WebGlUniformLocation>,
    info: Option<WebGlUniformLocation>,
    mesh_color: Option<WebGlUniformLocation>,
    size_pt: Option<WebGlUniformLocation>,
}

/// A program on its way through the browser's compiler, which works beside the page until somebody asks how it went.
struct Linking {
    handle: WebGlProgram,
    shaders: Vec<WebGlShader>,
}

impl Linking {
    /// Begins; `None` where the graphics are lost.
    fn new(gl: &Gl, kind: Kind) -> Option<Self> {
        let (vertex, fragment) = kind.sources();
        let handle = gl.create_program()?;
        let shaders = [(Gl::VERTEX_SHADER, vertex), (Gl::FRAGMENT_SHADER, fragment)];
        let attach = |(stage, source): &(u32, String)| attach(gl, &handle, *stage, source);
        let shaders = shaders.iter().filter_map(attach).collect();
        gl.link_program(&handle);
        Some(Self { handle, shaders })
    }

    /// Waits for its end; `None`, and a word to the console, where that is not well.
    fn finish(self, gl: &Gl, kind: Kind) -> Option<Program> {
        let Self { handle, shaders } = self;
        if gl.get_program_parameter(&handle, Gl::LINK_STATUS).is_falsy() && !gl.is_context_lost() {
            let logs = shaders.iter().map(|shader| gl.get_shader_info_log(shader));
            let logs: String = logs.chain([gl.get_program_info_log(&handle)]).flatten().collect();
            complain(&format!("{kind:?} cannot be drawn: {logs}"));
            return None;
        }
        shaders.iter().for_each(|shader| gl.delete_shader(Some(shader)));
        Some(Program::linked(gl, handle))
    }
}

impl Program {
    fn linked(gl: &Gl, handle: WebGlProgram) -> Self {
        gl.use_program(Some(&handle));
        let at = |name: &str| gl.get_uniform_location(&handle, name);
        for (name, unit) in [("palette", PALETTE_UNIT), ("shadow_map", SHADOW_UNIT), ("image", IMAGE_UNIT)] {
            gl.uniform1i(at(name).as_ref(), unit as i32);
        }
        let (rel_from_mesh, info, mesh_color) = (at("rel_from_mesh"), at("info"), at("mesh_color"));
        Self { rel_from_mesh, info, mesh_color, size_pt: at("size_pt"), gl: gl.clone(), handle }
    }

    /// Says what the next mesh is. The program must be in use.
    pub fn tell(&self, draw: &DrawUniform) {
        let matrix = draw.rel_from_mesh.to_cols_array();
        self.gl.uniform_matrix4fv_with_f32_array(self.rel_from_mesh.as_ref(), false, &matrix);
        let [x, y, z, w] = draw.info.to_array();
        self.gl.uniform4f(self.info.as_ref(), x, y, z, w);
        if self.mesh_color.is_some() {
            let [r, g, b, a] = draw.color.to_array();
            self.gl.uniform4f(self.mesh_color.as_ref(), r, g, b, a);
        }
    }

    /// Says how large the picture is, logical points. The program must be in use.
    pub fn tell_size(&self, width_pt: f32, height_pt: f32) {
        self.gl.uniform2f(self.size_pt.as_ref(), width_pt, height_pt);
    }
}

fn attach(gl: &Gl, program: &WebGlProgram, stage: u32, source: &str) -> Option<WebGlShader> {
    let shader = gl.create_shader(stage)?;
    gl.shader_source(&shader, source);
    gl.compile_shader(&shader);
    gl.attach_shader(program, &shader);
    Some(shader)
}

/// How far a program is.
enum State {
    Linking(Linking),
    Ready(Program),
    Broken,
}

/// All programs that have been drawn with or will be soon.
pub struct Programs {
    gl: Gl,
    made: BTreeMap<Kind, State>,
    used: Option<Kind>,
}

impl Programs {
    /// None yet.
    pub fn new(gl: &Gl) -> Self {
        Self { gl: gl.clone(), made: BTreeMap::new(), used: None }
    }

    /// Has programs made that will be drawn with soon, without waiting for them.
    pub fn begin(&mut self, kinds: impl IntoIterator<Item = Kind>) {
        for kind in kinds {
            let begun = || Linking::new(&self.gl, kind).map_or(State::Broken, State::Linking);
            self.made.entry(kind).or_insert_with(begun);
        }
    }

    /// The program for something, in use; `None` where it cannot be made.
    pub fn take(&mut self, kind: Kind) -> Option<&Program> {
        self.begin([kind]);
        let state = self.made.get_mut(&kind)?;
        if let State::Linking(_) = state
            && let State::Linking(linking) = std::mem::replace(state, State::Broken)
            && let Some(program) = linking.finish(&self.gl, kind)
        {
            *state = State::Ready(program);
            // It was used to tell it its textures.
            self.used = Some(kind);
        }
        let State::Ready(program) = state else { return None };
        if self.used != Some(kind) {
            self.gl.use_program(Some(&program.handle));
            self.used = Some(kind);
        }
        Some(program)
    }
}
