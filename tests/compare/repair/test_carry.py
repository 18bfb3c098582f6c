import ast

from compare.repair.carry import put_names


def test_every_mention_of_a_variable_is_replaced_and_the_original_stays() -> None:
    node = ast.parse("1 - z * z + f(z, y)", mode="eval").body
    assert ast.unparse(put_names(node, "z", ast.Name("u", ast.Load()))) == "1 - u * u + f(u, y)"
    assert ast.unparse(node) == "1 - z * z + f(z, y)"
