"""What the texts of common licences look like, by their SPDX identifiers.

Short licences are given whole, with `…` where a holder's name may stand. Of long ones, the words between two known
places are given by number and digest, so that a changed word in the middle is noticed; see `licence.words` for what a
word is. `BLOBS` are git's names of unchanged files as their publishers and forges hand them out, which identify a
licence without reading the file.
"""

from __future__ import annotations

from typing import NamedTuple

_MIT_GRANT = """
permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "software"), to deal in the software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the software, and to permit
persons to whom the software is furnished to do so, subject to the following conditions:
"""
_MIT_WARRANTY = """
the software is provided "as is", without warranty of any kind, express or implied, including but not limited to the
warranties of merchantability, fitness for a particular purpose and noninfringement. in no event shall … be liable for
any claim, damages or other liability, whether in an action of contract, tort or otherwise, arising from, out of or in
connection with the software or the use or other dealings in the software.
"""
_BSD_TERMS = """
redistribution and use in source and binary forms, with or without modification, are permitted provided that the
following conditions are met: redistributions of source code must retain the above copyright notice, this list of
conditions and the following disclaimer. redistributions in binary form must reproduce the above copyright notice, this
list of conditions and the following disclaimer in the documentation and/or other materials provided with the
distribution.
"""
_BSD_WARRANTY = """
this software is provided by … "as is" and any express or implied warranties, including, but not limited to, the implied
warranties of merchantability and fitness for a particular purpose are disclaimed. in no event shall … be liable for any
direct, indirect, incidental, special, exemplary, or consequential damages (including, but not limited to, procurement
of substitute goods or services; loss of use, data, or profits; or business interruption) however caused and on any
theory of liability, whether in contract, strict liability, or tort (including negligence or otherwise) arising in any
way out of the use of this software, even if advised of the possibility of such damage.
"""
_ISC_GRANT = """
permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted
"""
_ISC_WARRANTY = """
the software is provided "as is" and … disclaims all warranties with regard to this software including all implied
warranties of merchantability and fitness. in no event shall … be liable for any special, direct, indirect, or
consequential damages or any damages whatsoever resulting from loss of use, data or profits, whether in an action of
contract, negligence or other tortious action, arising out of or in connection with the use or performance of this
software.
"""

#: Every way of writing that is accepted, most specific first.
SHORT: tuple[tuple[str, str], ...] = (
    (
        "MIT",
        f"""{_MIT_GRANT} the above copyright notice and this permission notice shall be included in all copies or
        substantial portions of the software. {_MIT_WARRANTY}""",
    ),
    (
        "MIT",
        f"""{_MIT_GRANT} the above copyright notice and this permission notice (including the next paragraph) shall be
        included in all copies or substantial portions of the software. {_MIT_WARRANTY}""",
    ),
    ("MIT-0", f"{_MIT_GRANT.replace(', subject to the following conditions:', '')} {_MIT_WARRANTY}"),
    (
        "BSD-3-Clause",
        f"""{_BSD_TERMS} neither the name … may be used to endorse or promote products derived from this software
        without specific prior written permission. {_BSD_WARRANTY}""",
    ),
    (
        "BSD-3-Clause",
        f"""{_BSD_TERMS} the name of … may not be used to endorse or promote products derived from this software without
        specific prior written permission. {_BSD_WARRANTY}""",
    ),
    (
        "BSD-3-Clause",
        f"""{_BSD_TERMS} the names of … may not be used to endorse or promote products derived from this software
        without specific prior written permission. {_BSD_WARRANTY}""",
    ),
    ("BSD-2-Clause", f"{_BSD_TERMS} {_BSD_WARRANTY}"),
    (
        "ISC",
        f"""{_ISC_GRANT}, provided that the above copyright notice and this permission notice appear in all copies.
        {_ISC_WARRANTY}""",
    ),
    (
        "ISC",
        f"""{_ISC_GRANT.replace(", and/or", ", and")}, provided that the above copyright notice and this permission
        notice appear in all copies. {_ISC_WARRANTY}""",
    ),
    ("0BSD", f"{_ISC_GRANT}. {_ISC_WARRANTY}"),
    (
        "Unlicense",
        f"""this is free and unencumbered software released into the public domain. anyone is free to copy, modify,
        publish, use, compile, sell, or distribute this software, either in source code form or as a compiled
        binary, for any purpose, commercial or non-commercial, and by any means. in jurisdictions that recognize
        copyright laws, the author or authors of this software dedicate any and all copyright interest in the
        software to the public domain. we make this dedication for the benefit of the public at large and to the
        detriment of our heirs and successors. we intend this dedication to be an overt act of relinquishment in
        perpetuity of all present and future rights to this software under copyright law. {_MIT_WARRANTY} for more
        information, please refer to <unlicense.org>""",
    ),
    (
        "Zlib",
        """this software is provided 'as-is', without any express or implied warranty. in no event will … be held
        liable for any damages arising from the use of this software. permission is granted to anyone to use this
        software for any purpose, including commercial applications, and to alter it and redistribute it freely,
        subject to the following restrictions: the origin of this software must not be misrepresented; you must not
        claim that you wrote the original software. if you use this software in a product, an acknowledgment in the
        product documentation would be appreciated but is not required. altered source versions must be plainly
        marked as such, and must not be misrepresented as being the original software. this notice may not be
        removed or altered from any source distribution.""",
    ),
    (
        "BSL-1.0",
        """permission is hereby granted, free of charge, to any person or organization obtaining a copy of the software
        and accompanying documentation covered by this license (the "software") to use, reproduce, display,
        distribute, execute, and transmit the software, and to prepare derivative works of the software, and to
        permit third-parties to whom the software is furnished to do so, all subject to the following: the copyright
        notices in the software and this entire statement, including the above license grant, this restriction and
        the following disclaimer, must be included in all copies of the software, in whole or in part, and all
        derivative works of the software, unless such copies or derivative works are solely in the form of
        machine-executable object code generated by a source language processor. the software is provided "as is",
        without warranty of any kind, express or implied, including but not limited to the warranties of
        merchantability, fitness for a particular purpose, title and non-infringement. in no event shall the
        copyright holders or anyone distributing the software be liable for any damages or other liability, whether
        in contract, tort or otherwise, arising from, out of or in connection with the software or the use or other
        dealings in the software.""",
    ),
)


class Long(NamedTuple):
    """A licence by the first words of its terms, how many words they are (`length`), and the digest of those words.

    `beside` are passages that belong to it outside the terms: first words, last words, and the most words between.
    """

    id: str
    start: str
    length: int
    digest: str
    beside: tuple[tuple[str, str, int], ...] = ()


_VERBATIM = ("everyone is permitted to copy and distribute verbatim", "changing it is not allowed", 24)
_TERMS = ("terms and conditions for copying distribution", "and modification", 4)
_END = ("end of terms and conditions", "end of terms and conditions", 5)

LONG: tuple[Long, ...] = (
    Long(
        "Apache-2.0",
        "definitions license shall mean the terms and conditions for use reproduction and distribution",
        1355,
        "ee30e9e513e4d4f0455b1de3f0c7167fea84c7ddf5e7778ed09e943aa139813e",
        (
            ("appendix how to apply the apache license", "same printed page as the copyright notice", 80),
            ("licensed under the apache license version", "specific language governing permissions and", 90),
            ("apache license version january", "conditions for use reproduction and distribution", 20),
            _END,
        ),
    ),
    Long(
        "AGPL-3.0",
        "this license refers to version of the gnu affero general public license",
        4493,
        "496bc57b4acbf11d759b5c940a5bf59fd3d0ce62fab2ef4ff874b61ce809207a",
        (
            ("preamble the gnu affero general public license", "distribution and modification follow", 460),
            ("how to apply these terms to your new programs", "how to apply and follow the gnu agpl see", 380),
            _VERBATIM,
            _TERMS,
            _END,
        ),
    ),
    Long(
        "GPL-3.0",
        "this license refers to version of the gnu general public license",
        4396,
        "da8ea0a0d404def37790768b8de3d624080f655e122ae9789a37c5d15e024d51",
        (
            ("preamble the gnu general public license", "distribution and modification follow", 600),
            ("how to apply these terms to your new programs", "licenses why not lgpl html", 460),
            _VERBATIM,
            _TERMS,
            _END,
        ),
    ),
    Long(
        "GPL-2.0",
        "this license applies to any program or other work which contains notice",
        1943,
        "95561519660f14900c229bd5d4452153781e19da6461ec6925bcc8c1ac18b4cb",
        (
            ("preamble the licenses for most software", "distribution and modification follow", 480),
            ("how to apply these terms to your new programs", "public license instead of this license", 480),
            _VERBATIM,
            _TERMS,
            _END,
        ),
    ),
    Long(
        "LGPL-2.1",
        "this license agreement applies to any software library or other program",
        2916,
        "e92a30a7f71ccc3a72344489f1df1ca301765babe7e0d729b2971984af68c2d8",
        (
            ("this is the first released version of the lesser", "hence the version number", 40),
            ("preamble the licenses for most software", "must be combined with the library in order to run", 960),
            ("how to apply these terms to your new libraries", "that all there is to it", 350),
            _VERBATIM,
            _TERMS,
            _END,
        ),
    ),
    Long(
        "LGPL-3.0",
        "this version of the gnu lesser general public license incorporates the terms and conditions of version of the"
        " gnu general public license",
        1127,
        "b5f7b14ad4ca2413ad525562d9123401714dbf1095cb615c52a57e23269c6c78",
        (_VERBATIM,),
    ),
    Long(
        "MPL-2.0",
        "contributor means each individual or legal entity that creates contributes to the creation of or owns covered"
        " software",
        2095,
        "4072bba2ebc64edcfb3c0214390f9e83a1628e703c79fa0431516582b34fb3b5",
        (
            ("exhibit source code form license notice", "accurate notices of copyright ownership", 90),
            ("exhibit incompatible with secondary licenses notice", "the mozilla public license", 30),
        ),
    ),
    Long(
        "EPL-2.0",
        "the accompanying program is provided under the terms of this eclipse public license",
        1928,
        "78060b98cc40ea8b79ec5ba9a95fb159cfcfc6f0eb7eff9827e17f3151df0318",
        (("exhibit form of secondary licenses notice", "accurate notices of copyright ownership", 120),),
    ),
    Long(
        "CC0-1.0",
        "the laws of most jurisdictions throughout the world automatically",
        960,
        "4e986eea02f5aa4ee8ce41e29fe6c1e3ed533ccef12a04dc3576a0ff66ca664f",
        (
            ("creative commons legal code", "resulting from the use of this document or the information", 100),
            ("for more information please see", "publicdomain zero", 8),
        ),
    ),
)

BLOBS: dict[str, str] = {
    "d645695673349e3947e8e5ae42332d0ac3164cd7": "Apache-2.0",
    "261eeb9e9f8b2b4b0d119366dda99c6fd7d35c64": "Apache-2.0",
    "d159169d1050894d3ea3b98e1c965c4058208fe1": "GPL-2.0",
    "f288702d2fa16d3cdf0035b15a9fcbc552cd88e7": "GPL-3.0",
    "0ad25db4bd1d86c452db3f9602ccdbe172438f52": "AGPL-3.0",
    "0a041280bd00a9d068f503b8ee7ce35214bd24a1": "LGPL-3.0",
    "65c5ca88a67c30becee01c5a8816d964b03862f9": "LGPL-3.0",
    "14e2f777f6c395e7e04ab4aa306bbcc4b0c1120e": "MPL-2.0",
    "a612ad9813b006ce81d1ee438dd784da99a54007": "MPL-2.0",
    "68a49daad8ff7e35068f2b7a97d643aab440eaec": "Unlicense",
    "fdddb29aa445bf3d6a5d843d6dd77e10a9f99657": "Unlicense",
}
