//! The cluster of the chapter.

mod ground;
mod inside;
mod machines;
mod whole;

pub use machines::{ChapterMachines, chapter_machines};
pub use whole::{Chapter, chapter, chapter_by};
