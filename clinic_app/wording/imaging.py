"""Sentences for photographs that could not be taken, and for what had to be done to those that were."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "picture_empty": "“{path}” is empty (0 bytes). Copy it again from the phone or camera.",
    "picture_is_a_folder": "“{path}” is a folder, not a photo. Import the photos inside it.",
    "picture_not_a_file": "“{path}” is not an ordinary file and was not opened.",
    "picture_file_gone": "“{path}” is not there any more. Plug the card or phone in again and repeat the import.",
    "picture_not_opened": "“{path}” could not be opened ({reason}). Check that you may read it, then try again.",
    "picture_too_big": (
        "“{path}” has {megabytes} MB; photos up to {limit} MB are taken. Save it smaller or as JPEG and import that."
    ),
    "picture_renamed": (
        "“{path}” says it is a {said} but is a {found}. Give it its right ending, or export it again as JPEG."
    ),
    "picture_not_a_picture": (
        "“{path}” is no photo but a {found}. JPEG, PNG, WebP and HEIC photos are taken; export it as JPEG."
    ),
    "picture_truncated": "“{path}” is cut off: the file is not whole. Copy it again from the phone.",
    "picture_damaged": "“{path}” is damaged inside. Copy it again from the phone, or send it once more.",
    "picture_too_many_pixels": (
        "“{path}” has more than {limit} million pixels. Set the camera to 50 MP or lower, or save the photo smaller."
    ),
    "picture_too_many_scans": (
        "“{path}” is built from {scans} layers; photos have at most {limit}. Open it on the phone and save it anew."
    ),
    "picture_timed_out": (
        "“{path}” took longer than {seconds} seconds to read and was left out. Open it on the phone and save it anew."
    ),
    "picture_out_of_memory": (
        "“{path}” needs too much memory to be read safely. Set the camera to 50 MP or lower, or save it smaller."
    ),
    "picture_unreadable": "“{path}” could not be read as a photo ({reason}). Export it again as JPEG and import that.",
    "picture_reader_not_started": (
        "The part that reads photos could not be started ({reason}); no photo was taken. Close other programs and "
        "try again; if it stays so, install the program anew."
    ),
    "picture_reader_ended": "The part that reads photos has ended. “{path}” was not taken; start the import again.",
    "picture_damaged_inside": "A stored photo is damaged and is not shown. Run the check and restore it from a backup.",
}

SINGULARS: dict[str, tuple[str, str]] = {
    "picture_timed_out": (
        "seconds",
        "“{path}” took longer than {seconds} second to read and was left out. Open it on the phone and save it anew.",
    ),
}
"""Code -> what is counted, and the sentence for one of it."""

NOTES: dict[str, str] = {
    "cmyk_converted": "Print colours (CMYK) were converted; colours may differ a little.",
    "sixteen_bit_converted": "More than 8 bits a colour were reduced to 8 for the screen; the original is kept.",
    "animated_first_frame": "The file holds several pictures; the first is shown.",
    "transparency_on_white": "See-through parts are shown on white.",
    "profile_converted": "Colours were converted from the camera’s profile to sRGB.",
    "profile_broken": "The colour profile is broken; colours are shown as they are stored.",
    "no_profile": "No colour profile; sRGB is assumed.",
    "exif_unreadable": "Date and camera could not be read from the file.",
    "small_damage": "The file has small damage; compare the photo with the one on the phone.",
}
"""Sentences for the codes of ``domain.picture_files.PictureNote``."""
