<?php
// One user by SOAP, from PHP: php clients/php/first_user.php [var/demo.json]
$demo = json_decode(file_get_contents($argv[1] ?? 'var/demo.json'), true);
$client = new SoapClient($demo['wsdl'], [
    'login' => $demo['company']['client'],
    'password' => $demo['company']['secret'],
    'features' => SOAP_SINGLE_ELEMENT_ARRAYS,
]);

$user = ['firstName' => 'Jean', 'lastName' => 'Dupont', 'email' => 'jean.dupont@example.com', 'language' => 'fr'];
$created = $client->CreateUser(['control' => ['requestId' => uniqid()], 'newUser' => $user])->createUserResult->user;
echo "created {$created->userNumber}\n";

try {
    $client->CreateUser(['newUser' => $user]);
} catch (SoapFault $fault) {
    $refusal = $fault->detail->ProvisioningFault;
    echo "refused {$refusal->code} at {$refusal->field}: {$refusal->reason}\n";
}

$client->DeleteUser(['userRef' => ['userId' => $created->userId]]);
echo "deleted\n";
